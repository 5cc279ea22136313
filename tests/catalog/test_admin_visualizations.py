"""Charts in the administration: who sees and changes which, and what becomes of a deleted one."""

import pytest
from django.urls import reverse

from catalog.admin.filters import DELETED, DRAFT, PUBLISHED
from catalog.models import Visualization
from tests.catalog.factories import MemberFactory, VisualizationFactory

pytestmark = pytest.mark.django_db

LIST = "admin:catalog_visualization_changelist"


def change(chart):
    return reverse("admin:catalog_visualization_change", args=[chart.pk])


@pytest.fixture
def member(client):
    member = MemberFactory(role="editor")
    client.force_login(member.user)
    return member


@pytest.fixture
def ours(member):
    return VisualizationFactory(title="Ours", owner=None, organization=member.organization)


def test_an_editor_sees_and_corrects_the_charts_of_her_organization_alone(client, member, ours):
    theirs = VisualizationFactory(title="Theirs")
    page = client.get(reverse(LIST)).content.decode()
    assert "Ours" in page
    assert "Theirs" not in page
    assert client.get(change(theirs)).status_code == 302
    values = {"title": "Renamed", "description": "d", "organization": member.organization.pk, "extras": "{}"}
    assert client.post(change(ours), values).status_code == 302
    before, chart = ours.last_modified, Visualization.objects.get(pk=ours.pk)
    assert (chart.title, chart.slug) == ("Renamed", "renamed")
    assert chart.last_modified > before
    assert (chart.series, chart.x_axis) == (ours.series, ours.x_axis)


def test_a_chart_is_drawn_elsewhere_and_its_series_are_only_counted(client, ours):
    assert client.get(reverse("admin:catalog_visualization_add")).status_code == 403
    page = client.get(change(ours)).content.decode()
    assert ours.x_axis["column_x"] in page
    assert ours.series[0]["resource_id"] not in page


def test_a_chart_is_deleted_softly_and_restored(client, ours):
    address = reverse("admin:catalog_visualization_delete", args=[ours.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert Visualization.objects.get().deleted_at
    client.post(reverse(LIST), {"action": "restore", "_selected_action": [ours.pk]})
    assert Visualization.objects.get().deleted_at is None


def test_the_list_is_filtered_by_state(admin_client):
    charts = {
        PUBLISHED: VisualizationFactory(),
        DRAFT: VisualizationFactory(draft=True),
        DELETED: VisualizationFactory(gone=True, private=True),
    }
    for state, chart in charts.items():
        response = admin_client.get(reverse(LIST), {"state": state})
        assert [row.pk for row in response.context["cl"].result_list] == [chart.pk]
