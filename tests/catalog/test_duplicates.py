"""Groups of datasets that look like the same: which there are, what a page costs, and what was dismissed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Dataset, NotDuplicate
from catalog.services import duplicates
from tests.catalog.factories import DatasetFactory, MemberFactory, OrganizationFactory, ResourceFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/catalog/dataset/duplicates/"
REASONS = ["checksum", "url", "remote", "title"]


def alike(reason, *, count=2, name="x", **values):
    """Make datasets that look like the same for one reason alone."""
    if reason == "title":
        values.setdefault("organization", OrganizationFactory())
        return [DatasetFactory(title=f"  Water {name}" if n else f"WATER {name} ", **values) for n in range(count)]
    if reason == "remote":
        return [DatasetFactory(harvest={"remote_id": f"id-{name}"}, **values) for _n in range(count)]
    rows = [DatasetFactory(**values) for _n in range(count)]
    for number, row in enumerate(rows):
        sums = {"checksum_type": "sha1", "checksum_value": f"{name:0>8}"} if reason == "checksum" else {}
        url = f"https://example.org/{name}" if reason == "url" else f"https://example.org/{name}/{number}"
        ResourceFactory.create_batch(2, dataset=row, url=url, **sums)
    return rows


@pytest.mark.parametrize("reason", REASONS)
def test_datasets_that_look_like_the_same_are_grouped(reason):
    rows = alike(reason)
    alike(reason, count=1, name="alone")
    alike(reason, count=1, name="gone")[0].delete()
    everything = Dataset.objects.all()
    assert [group["size"] for group in duplicates.groups(reason, everything)] == [2]
    key = duplicates.groups(reason, everything)[0]["key"]
    assert {one.pk for one in duplicates.members(reason, everything, [key])[key]} == {one.pk for one in rows}
    for other in set(REASONS) - {reason}:
        assert not duplicates.groups(other, everything)


def test_the_same_title_of_two_producers_is_no_duplicate():
    DatasetFactory.create_batch(2, title="Budget")
    assert not duplicates.groups("title", Dataset.objects.all())


@pytest.mark.parametrize("reason", REASONS)
def test_a_dismissed_group_shows_again_when_it_grows(admin_client, reason):
    values = {"organization": OrganizationFactory()}
    alike(reason, **values)
    key = admin_client.get(PAGE, {"by": reason}).context["groups"][0].key
    admin_client.post(PAGE, {"by": reason, "key": key})
    assert NotDuplicate.objects.get().size == 2
    assert not admin_client.get(PAGE, {"by": reason}).context["groups"]
    alike(reason, count=1, **values)
    assert [group.size for group in admin_client.get(PAGE, {"by": reason}).context["groups"]] == [3]


@pytest.mark.parametrize("reason", REASONS)
def test_a_page_costs_the_same_whatever_there_is(admin_client, reason):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page = admin_client.get(PAGE, {"by": reason})
        assert page.status_code == 200
        return len(captured), page

    alike(reason)
    queries()
    before, _page = queries()
    for number in range(30):
        alike(reason, name=str(number), count=2)
    alike(reason, name="many", count=8)
    after, page = queries()
    assert after == before <= 12
    groups = page.context["groups"]
    assert (groups[0].size, len(groups[0].datasets), len(groups)) == (8, 5, 20)


def test_editors_see_groups_of_their_own_datasets(client):
    member = MemberFactory(role="editor")
    alike("url", organization=member.organization, name="own")
    alike("url", name="strange")
    client.force_login(member.user)
    groups = client.get(PAGE, {"by": "url"}).context["groups"]
    assert [group.key for group in groups] == ["https://example.org/own"]
    client.post(PAGE, {"by": "url", "key": "https://example.org/strange"})
    assert not NotDuplicate.objects.exists()
    client.force_login(UserFactory())
    assert client.get(PAGE).status_code in (302, 403)


@pytest.mark.parametrize("sent", [{}, {"by": "slug", "key": "x"}, {"by": "url", "key": "\x00"}])
def test_what_makes_no_sense_is_said_and_not_written(admin_client, sent):
    assert admin_client.post(PAGE, sent).status_code == 302
    assert admin_client.get(PAGE, {"by": "zzz", "page": "-1"}).status_code in (200, 404)
    assert not NotDuplicate.objects.exists()


def test_the_title_asks_for_titles_like_it(admin_client):
    dataset = DatasetFactory()
    html = admin_client.get(f"/admin/catalog/dataset/{dataset.pk}/change/").content.decode()
    assert f'data-alike-self="{dataset.pk}"' in html
    assert "catalog/alike.js" in html
    assert admin_client.get("/api/1/datasets/suggest/", {"q": "water", "size": 6}).status_code == 200
