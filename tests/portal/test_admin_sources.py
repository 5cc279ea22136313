"""Harvest sources in the administration: editors describe them, curators validate them."""

import pytest
from django.urls import reverse

from harvest.models import Source
from tests.catalog import factories

pytestmark = pytest.mark.django_db


def form_of(source, **changes):
    return {
        "name": source.name, "url": source.url, "backend": source.backend, "active": "on",
        "organization": source.organization_id or "", "validation": source.validation, **changes,
    }  # fmt: skip


@pytest.fixture
def member():
    return factories.MemberFactory()


@pytest.fixture
def source(member):
    return Source.objects.create(
        name="Remote", url="https://example.org", backend="ckan", organization=member.organization
    )


def page(source, name="change"):
    return reverse(f"admin:harvest_source_{name}", args=[source.pk])


def test_an_editor_does_not_validate_her_own_source(client, member, source):
    client.force_login(member.user)
    form = form_of(source, name="Renamed", validation="accepted")
    assert client.post(page(source), form).status_code == 302
    source.refresh_from_db()
    assert (source.name, source.validation) == ("Renamed", "pending")


def test_a_validation_is_dated_and_signed_and_a_refusal_says_why(admin_client, admin_user, source):
    address = reverse("admin:harvest_source_verb", args=[source.pk, "validate"])
    assert admin_client.post(address, {"state": "refused"}).status_code == 200
    source.refresh_from_db()
    assert source.validation == "pending"
    assert admin_client.post(address, {"state": "accepted"}).status_code == 302
    source.refresh_from_db()
    assert (source.validation, source.validated_by) == ("accepted", admin_user)
    assert source.validated_on


def test_the_source_of_another_organization_stays_closed(client, source):
    client.force_login(factories.MemberFactory().user)
    assert client.post(page(source), form_of(source, name="x")).status_code in {302, 403}
    source.refresh_from_db()
    assert source.name == "Remote"


def test_deleting_a_source_keeps_its_row(admin_client, source):
    admin_client.post(page(source, "delete"), {"post": "yes"})
    source.refresh_from_db()
    assert source.deleted
