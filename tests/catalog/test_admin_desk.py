"""The desk of the administration: what waits, for whom, how much it costs, and that each tile leads to its rows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.admin.desk_charts import last_months
from catalog.models import Dataset, MembershipRequest, Report, SearchMiss, Transfer, quality
from harvest.models import Source
from portal.lib import desk
from tests.catalog import factories

pytestmark = pytest.mark.django_db
QUERIES = 16


@pytest.fixture(autouse=True)
def no_cache():
    cache.clear()


@pytest.fixture
def ours():
    return factories.OrganizationFactory(name="Ours")


@pytest.fixture
def editor(client, ours):
    """The browser of an administrator of an organization."""
    client.force_login(factories.MemberFactory(organization=ours, role="admin").user)
    return client


@pytest.fixture
def curator(client):
    client.force_login(factories.UserFactory(is_staff=True, is_superuser=True))
    return client


def work_for(organization):
    """Make one thing of each kind that waits, about that organization."""
    user = factories.UserFactory()
    flags = quality.HAS_RESOURCES
    dataset = factories.DatasetFactory(organization=organization, title=f"Dataset of {organization}")
    Dataset.objects.filter(pk=dataset.pk).update(
        quality_flags=flags, metric_views=500, update_due_at=timezone.now() - timedelta(days=3)
    )
    twin = factories.DatasetFactory(organization=organization)
    for one in (dataset, twin):
        factories.ResourceFactory(dataset=one, checksum_type="sha1", checksum_value=f"sum of {organization.pk}")
    factories.DatasetFactory(organization=organization, private=True)
    discussion = factories.DiscussionFactory(dataset=dataset, title=f"Question to {organization}")
    factories.MessageFactory(discussion=discussion, posted_by=discussion.user)
    MembershipRequest.objects.create(organization=organization, user=user)
    Transfer.objects.create(subject=factories.ReuseFactory(), user=user, recipient_organization=organization)
    Report.objects.create(subject=dataset, reason="spam", subject_label=dataset.title)
    Source.objects.create(
        name=f"Source of {organization}", url="https://example.org", backend="ckan", organization=organization,
        health="failing", failing_since=timezone.now(),
    )  # fmt: skip
    for days in (0, 1):
        SearchMiss.objects.create(day=timezone.localdate() - timedelta(days=days), query=f"lost {user.pk}", count=4)


def tiles(client):
    return {tile.name: tile for tile in client.get(reverse("admin:index")).context["tiles"]}


def numbers(client):
    return {name: tile.number for name, tile in tiles(client).items()}


def rows_of(response):
    """How many rows the list that a tile leads to has."""
    context = response.context
    if "cl" in context:
        return context["cl"].result_count
    return context["page"].paginator.count if "page" in context else len(context["rows"])


EVERYTHING = {
    "requests": 1, "transfers": 1, "reports": 1, "sources-to-validate": 1, "discussions": 1, "failing-sources": 1,
    "drafts": 1, "late": 1, "broken": 1, "visited": 1, "same-file": 2, "misses": 1,
    "broken-links": 0,
}  # fmt: skip
FOR_CURATORS = {"reports", "sources-to-validate", "misses"}


def test_a_curator_sees_the_work_of_the_whole_portal(curator, ours):
    work_for(ours)
    work_for(factories.OrganizationFactory(name="Theirs"))
    assert numbers(curator) == {name: 2 * number for name, number in EVERYTHING.items()}


def test_an_editor_sees_what_concerns_her_organization_alone(editor, ours):
    work_for(ours)
    work_for(factories.OrganizationFactory(name="Theirs"))
    assert numbers(editor) == {name: number for name, number in EVERYTHING.items() if name not in FOR_CURATORS}
    assert "Theirs" not in editor.get(reverse("admin:index")).content.decode()


def test_an_editor_who_administers_nothing_is_not_shown_requests(client, ours):
    client.force_login(factories.MemberFactory(organization=ours, role="editor").user)
    work_for(ours)
    found = numbers(client)
    assert "requests" not in found
    assert (found["transfers"], found["discussions"]) == (0, 1)


@pytest.mark.parametrize("reader", ["curator", "editor"])
def test_each_tile_leads_to_a_list_of_just_these_rows(request, reader, ours):
    work_for(ours)
    work_for(factories.OrganizationFactory(name="Theirs"))
    client = request.getfixturevalue(reader)
    for tile in tiles(client).values():
        response = client.get(tile.address)
        assert response.status_code == 200, tile.name
        assert rows_of(response) == tile.number, tile.name


def test_the_queue_has_the_newest_ten_and_leads_where_one_answers(editor, ours):
    work_for(ours)
    dataset = factories.DatasetFactory(organization=ours)
    for number in range(12):
        factories.DiscussionFactory(dataset=dataset, created=datetime(2020, 1, number + 1, tzinfo=UTC))
    queue = editor.get(reverse("admin:index")).context["queue"]
    assert len(queue) == desk.QUEUE
    assert [item.at for item in queue] == sorted((item.at for item in queue), reverse=True)
    for item in queue:
        assert editor.get(item.address.partition("#")[0]).status_code == 200, item


def test_an_answer_by_somebody_else_ends_the_wait(editor, ours):
    discussion = factories.DiscussionFactory(dataset=factories.DatasetFactory(organization=ours))
    factories.MessageFactory(discussion=discussion, posted_by=discussion.user)
    assert numbers(editor)["discussions"] == 1
    factories.MessageFactory(discussion=discussion)
    assert numbers(editor)["discussions"] == 0


def test_who_has_nothing_to_do_is_told_so(editor):
    page = editor.get(reverse("admin:index")).content.decode()
    assert "Nothing waits for you." in page
    assert "p-chart" not in page


def test_files_that_the_same_dataset_has_twice_are_no_twins(curator):
    dataset = factories.DatasetFactory()
    factories.ResourceFactory.create_batch(2, dataset=dataset, url="https://example.org/one.csv")
    assert numbers(curator)["same-file"] == 0
    factories.ResourceFactory(url="https://example.org/one.csv", dataset=factories.DatasetFactory(private=True))
    cache.clear()
    assert numbers(curator)["same-file"] == 0  # a draft tells nothing of itself


def test_counts_stop(curator, monkeypatch):
    monkeypatch.setattr(desk, "MOST", 3)
    factories.DatasetFactory.create_batch(5, private=True)
    found = tiles(curator)["drafts"]
    assert (found.number, found.is_more) == (3, True)
    cache.clear()
    assert "more than 3" in curator.get(reverse("admin:index")).content.decode()


def test_dear_counts_are_kept_for_a_minute_and_the_others_are_not(curator, ours):
    work_for(ours)
    before = numbers(curator)
    Report.objects.all().delete()
    factories.DatasetFactory(private=True)
    after = numbers(curator)
    assert (after["reports"], after["drafts"]) == (0, before["drafts"])


def test_what_is_kept_for_one_person_is_not_shown_to_another(client, ours):
    factories.DatasetFactory(organization=ours, private=True)
    client.force_login(factories.MemberFactory(organization=ours, role="editor").user)
    assert numbers(client)["drafts"] == 1
    client.force_login(factories.MemberFactory(role="editor").user)
    assert numbers(client)["drafts"] == 0


@pytest.mark.parametrize("reader", ["curator", "editor"])
def test_the_cost_does_not_grow(request, reader, ours):
    client = request.getfixturevalue(reader)
    counts = []
    for _size in range(2):
        work_for(ours)
        for number in range(3):
            work_for(factories.OrganizationFactory(name=f"Theirs {number}"))
        MembershipRequest.objects.create(organization=ours, user=factories.UserFactory())
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("admin:index"))
        counts.append(len(queries))
        for work in ("transfers", "discussions"):
            client.get(reverse("admin:work", args=[work]))
    assert counts[0] == counts[1] <= QUERIES, [query["sql"][:150] for query in queries]


def test_the_lists_of_the_desk_cost_the_same_whatever_their_length(editor, ours):
    counts = []
    for _size in range(2):
        work_for(ours)
        for work in ("requests", "transfers", "discussions"):
            with CaptureQueriesContext(connection) as queries:
                assert editor.get(reverse("admin:work", args=[work])).status_code == 200
            counts.append(len(queries))
    assert counts[:3] == counts[3:]


@pytest.mark.parametrize("name", ["none", "drafts", "reports", "sources-to-validate"])
def test_a_list_that_is_not_hers_is_missing(editor, name):
    assert editor.get(reverse("admin:work", args=[name])).status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x"])
def test_a_page_that_there_is_not_leads_to_one_that_there_is(editor, page):
    assert editor.get(reverse("admin:work", args=["transfers"]), {"page": page}).status_code == 200


@pytest.mark.parametrize("query", ["work=none", "work=", "work=late&state=draft"])
def test_filters_that_fit_nothing_do_no_harm(curator, query):
    assert curator.get(f"{reverse('admin:catalog_dataset_changelist')}?{query}").status_code == 200


def test_the_charts_count_months_and_criteria(curator):
    factories.DatasetFactory.create_batch(2)
    factories.DatasetFactory(created_at=timezone.now() - timedelta(days=800))
    Dataset.objects.update(quality_flags=quality.LICENSE | quality.SPATIAL | quality.HAS_RESOURCES)
    new, scores = curator.get(reverse("admin:index")).context["charts"]
    assert (len(new.rows), new.rows[-1][1], new.total) == (12, 2, 2)
    assert {label: number for label, number in scores.rows if number} == {"2/9": 3}


def test_the_twelve_months_cross_the_year():
    months = last_months(date(2026, 2, 28))
    assert (months[0], months[-1], len(months)) == (date(2025, 3, 1), date(2026, 2, 1), 12)


def test_low_quality_follows_the_score():
    for late in (False, True):
        low = set(quality.low_flags(late=late))
        assert low == {flags for flags in range(512) if quality.score(flags, late=late) < 0.5}
