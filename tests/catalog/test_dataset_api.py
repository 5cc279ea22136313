"""Datasets through the API: envelope, visibility, redirects, masks, errors."""

import pytest
from django.utils import timezone

from catalog.documents import store
from catalog.models import Dataset, Organization
from tests.catalog.factories import (
    CommunityResourceFactory,
    DatasetFactory,
    LicenseFactory,
    MemberFactory,
    OrganizationFactory,
    ResourceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

V1, V2 = "/api/1/datasets/", "/api/2/datasets/"


def ids(response) -> list[str]:
    return [row["id"] for row in response.json()["data"]]


def test_a_visitor_lists_public_datasets_only(api):
    shown = DatasetFactory()
    DatasetFactory(draft=True)
    DatasetFactory(gone=True)
    DatasetFactory(shelved=True)
    for url in [V1, V2]:
        assert ids(api.get(url)) == [shown.pk]


def test_a_member_also_lists_the_drafts_of_her_organization(api):
    member = MemberFactory(role="partial_editor")
    draft = DatasetFactory(draft=True, organization=member.organization)
    DatasetFactory(draft=True)
    api.force_authenticate(member.user)
    assert ids(api.get(V1)) == [draft.pk]
    assert api.get(f"{V1}{draft.pk}/").json()["permissions"] == {
        "delete": False,
        "edit": False,
        "edit_resources": False,
    }


def test_a_sysadmin_lists_everything(api):
    rows = {DatasetFactory().pk, DatasetFactory(draft=True).pk, DatasetFactory(gone=True).pk}
    api.force_authenticate(UserFactory(admin=True))
    assert set(ids(api.get(V1))) == rows


@pytest.mark.parametrize(
    ("state", "status"), [({"draft": True}, 404), ({"gone": True}, 410), ({"shelved": True}, 200)], ids=str
)
def test_what_a_stranger_is_told_of_a_hidden_dataset(api, state, status):
    dataset = DatasetFactory(**state)
    for key in [dataset.pk, dataset.slug]:
        assert api.get(f"{V1}{key}/").status_code == status
        assert api.get(f"{V2}{key}/").status_code == status
    api.force_authenticate(MemberFactory(organization=dataset.organization, role="admin").user)
    assert api.get(f"{V1}{dataset.pk}/").status_code == 200


def test_a_deleted_dataset_says_so(api):
    dataset = DatasetFactory(gone=True)
    assert api.get(f"{V1}{dataset.pk}/").json() == {"message": "Dataset has been deleted"}


def test_an_editor_reads_her_rights(api):
    member = MemberFactory(role="editor")
    dataset = DatasetFactory(organization=member.organization)
    api.force_authenticate(member.user)
    body = api.get(f"{V1}{dataset.pk}/").json()
    assert body["permissions"] == {"delete": True, "edit": True, "edit_resources": True}
    assert body["organization"]["permissions"] == {
        "delete": False, "edit": False, "harvest": True, "members": False, "private": True,
    }  # fmt: skip


def test_an_old_slug_leads_to_the_new_one_in_one_hop(api):
    dataset = DatasetFactory(title="First title")
    for title in ["Second title", "Third title"]:
        dataset.title = title
        dataset.save()
    for old in ["first-title", "second-title", "Third_Title"]:
        answer = api.get(f"{V1}{old}/?lang=fr")
        assert (answer.status_code, answer["Location"]) == (308, f"{V1}third-title/")
    assert api.put(f"{V1}first-title/")["Location"] == f"{V1}third-title/"
    assert api.get(f"{V2}first-title/resources/")["Location"] == f"{V2}third-title/resources/"


def test_a_missing_slash_is_added_for_every_method(api, settings):
    dataset = DatasetFactory()
    for method in [api.get, api.post, api.put, api.delete]:
        answer = method(f"{V1}{dataset.pk}?a=b")
        assert answer.status_code == 308
        assert answer["Location"] == f"{settings.SITE_URL}{V1}{dataset.pk}/?a=b"


def test_an_unknown_route_is_a_404_in_json(api):
    answer = api.get("/api/1/nothing/here/")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_the_envelope_and_its_links(api, settings):
    DatasetFactory.create_batch(5, tags=["eau"])
    body = api.get(f"{V1}?tag=eau&page=2&page_size=2").json()
    assert (body["page"], body["page_size"], body["total"], len(body["data"])) == (2, 2, 5, 2)
    assert body["next_page"] == f"{settings.SITE_URL}{V1}?tag=eau&page=3&page_size=2"
    assert body["previous_page"] == f"{settings.SITE_URL}{V1}?tag=eau&page=1&page_size=2"
    assert api.get(f"{V1}?page=4&page_size=2").status_code == 404
    assert list(body) == sorted(body)
    assert list(api.get(V2).json()) == ["data", "page", "page_size", "total", "next_page", "previous_page"]


def test_pages_hold_every_dataset_once(api):
    wanted = {dataset.pk for dataset in DatasetFactory.create_batch(7, created_at_internal=timezone.now())}
    for sort in ["created", "-created", "title", "-views", "last_update"]:
        seen = [pk for page in [1, 2, 3] for pk in ids(api.get(f"{V1}?page_size=3&page={page}&sort={sort}"))]
        assert set(seen) == wanted
        assert len(seen) == 7


@pytest.mark.parametrize("size", ["0", "-1", "x", "", "1.5", "٣"])
def test_a_bad_page_is_refused_in_udatas_words(api, size):
    answer = api.get(V1, {"page": size})
    assert answer.status_code == 400
    text = f"The page to fetch Invalid page: {size}. page must be a positive integer"
    assert answer.json() == {"errors": {"page": text}, "message": "Input payload validation failed"}


def test_hostile_arguments_never_crash(api):
    DatasetFactory()
    for query in ["page=99999999999999999999999", "page_size=999999999", "tag=%00", "q=%00", "organization=%00",
                  "temporal_coverage=a", "geozone=%F0%9F%92%A9", "format=%00", "sort=%00", "q=%25%25__"]:  # fmt: skip
        assert api.get(f"{V1}?{query}").status_code in {200, 400, 404}, query


def test_a_bad_sort_is_refused_in_udatas_words(api):
    text = "The field (and direction) on which sorting apply The value 'zz' is not a valid choice for 'sort'."
    assert api.get(f"{V1}?sort=zz").json()["errors"] == {"sort": text}


@pytest.mark.parametrize("name", ["archived", "deleted", "private"])
def test_hidden_states_are_filtered_by_the_signed_in_only(api, name):
    answer = api.get(f"{V1}?{name}=true")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="uData"'
    api.force_authenticate(UserFactory())
    assert api.get(f"{V1}?{name}=true").json()["total"] == 0


def test_an_organization_is_named_by_id_or_slug(api):
    dataset = DatasetFactory()
    DatasetFactory()
    for value in [dataset.organization_id, dataset.organization.slug]:
        assert ids(api.get(f"{V1}?organization={value}")) == [dataset.pk]
    assert api.get(f"{V1}?organization={'0' * 24}").json()["total"] == 0
    answer = api.get(f"{V1}?organization=no-such-thing")
    assert (answer.status_code, answer.json()) == (400, {"message": "Organization arg must be an identifier"})


def test_filters_select(api):
    organization = OrganizationFactory(badges=["certified"])
    one = DatasetFactory(
        title="Water quality", tags=["eau", "air"], license=LicenseFactory(), organization=organization, featured=True,
        temporal_start="2020-01-01", temporal_end="2020-12-31", spatial_granularity="country",
    )  # fmt: skip
    one.spatial_zones.add("country:fr")
    one.badges.create(kind="hvd")
    ResourceFactory(dataset=one, format="geojson", schema_name="etalab/schema", schema_version="1.0")
    DatasetFactory(tags=["eau"])
    matching = [
        "tag=eau&tag=air", "license=lov2", "featured=true", "geozone=country:fr", "geozone=country/fr@1900-01-01",
        "granularity=country", "temporal_coverage=2020-06-01-2021-06-01", "format=GeoJSON", "schema=etalab/schema",
        "schema_version=1.0", "badge=hvd", "organization_badge=certified", "q=water+qual", "access_type=open&q=quality",
    ]  # fmt: skip
    for query in matching:
        assert ids(api.get(f"{V1}?{query}")) == [one.pk], query
    for query in ["temporal_coverage=2021-06-01-2022-06-01", "temporal_coverage=zz", "q=absent"]:
        assert api.get(f"{V1}?{query}").json()["total"] == 0, query


@pytest.mark.parametrize("size", [1, 20])
def test_the_list_costs_the_same_queries_at_any_length(api, django_assert_num_queries, size):
    for dataset in DatasetFactory.create_batch(size, tags=["eau"]):
        ResourceFactory(dataset=dataset)
        CommunityResourceFactory(dataset=dataset)
    store.refresh()
    with django_assert_num_queries(4):  # position of the log, count, page, organizations
        assert len(ids(api.get(V1))) == size
    with django_assert_num_queries(1):  # the page is remembered as long as the log stands still
        api.get(V1)


def test_the_count_is_never_stale(api):
    DatasetFactory()
    assert api.get(V1).json()["total"] == 1
    DatasetFactory()
    assert api.get(V1).json()["total"] == 2
    Dataset.objects.update(private=True)
    assert api.get(V1).json()["total"] == 0


def test_a_change_shows_at_once_without_any_refresh(api):
    dataset = DatasetFactory()
    store.refresh()
    url = f"{V1}{dataset.pk}/"
    Dataset.objects.filter(pk=dataset.pk).update(title="New title")
    assert api.get(url).json()["title"] == "New title"
    Organization.objects.update(name="New name")
    assert api.get(url).json()["organization"]["name"] == "New name"
    ResourceFactory(dataset=dataset, title="New file")
    assert [one["title"] for one in api.get(url).json()["resources"]] == ["New file"]
    assert api.get(f"{V2}{dataset.pk}/").json()["resources"]["total"] == 1


def test_a_mask_keeps_what_it_names(api):
    resource = ResourceFactory()
    url = f"{V1}{resource.dataset_id}/"
    masked = api.get(url, headers={"X-Fields": "{id, organization{name}, resources{url}, nothing}"}).json()
    assert masked == {
        "id": resource.dataset_id,
        "organization": {"name": resource.dataset.organization.name},
        "resources": [{"url": resource.url}],
    }
    listed = api.get(V1, headers={"X-Fields": "data{id},next_page"}).json()
    assert listed == {"data": [{"id": resource.dataset_id}], "next_page": None}
    bad = api.get(url, headers={"X-Fields": "{id,organization{name"})
    assert (bad.status_code, bad.json()) == (400, {"message": "Mask parse error: Missing closing bracket"})


def test_community_resources_show_on_demand(api):
    item = CommunityResourceFactory()
    url = f"{V1}{item.dataset_id}/"
    assert "community_resources" not in api.get(url).json()
    shown = api.get(url, headers={"X-Fields": "*"}).json()["community_resources"]
    assert [one["id"] for one in shown] == [str(item.pk)]
    assert shown[0]["owner"]["id"] == item.owner_id


def test_full_objects_take_the_place_of_ids(api):
    dataset = DatasetFactory(license=LicenseFactory(), frequency="monthly", spatial_granularity="country")
    dataset.spatial_zones.add("country:fr")
    header = {"X-Get-Datasets-Full-Objects": "True"}
    for body in [
        api.get(f"{V1}{dataset.pk}/", headers=header).json(),
        api.get(V2, headers=header).json()["data"][0],
    ]:
        assert body["license"]["id"] == "lov2"
        assert body["frequency"] == {"id": "monthly", "label": "Monthly"}
        assert body["spatial"]["granularity"] == {"id": "country", "name": "Country"}
        assert body["spatial"]["zones"][0]["name"] == "France"


def test_resources_are_read_through_their_dataset_only(api):
    resource, other = ResourceFactory(), DatasetFactory()
    assert api.get(f"{V1}{resource.dataset_id}/resources/{resource.pk}/").json()["id"] == str(resource.pk)
    assert api.get(f"{V1}{other.pk}/resources/{resource.pk}/").status_code == 404
    assert api.get(f"{V1}{other.pk}/resources/not-a-uuid/").status_code == 404


def test_the_permanent_address_leads_to_the_file_unless_it_is_a_draft(api):
    resource, draft = ResourceFactory(), ResourceFactory(dataset=DatasetFactory(draft=True))
    answer = api.get(f"{V1}r/{resource.pk}")
    assert (answer.status_code, answer["Location"]) == (302, resource.url)
    assert api.get(f"{V1}r/{draft.pk}").status_code == 404
    assert api.get(f"{V2}resources/{draft.pk}/").status_code == 404
    community = CommunityResourceFactory()
    assert api.get(f"{V1}r/{community.pk}")["Location"] == community.url
    long = ResourceFactory(url=f"https://example.org/wfs?{'x' * 5000}")
    assert api.get(f"{V1}r/{long.pk}")["Location"] == long.url
    hostile = ResourceFactory(url="javascript:alert(1)")
    assert api.get(f"{V1}r/{hostile.pk}").status_code == 404


def test_v2_reads_resources_by_page_in_order(api):
    dataset = DatasetFactory()
    for position in range(3):
        ResourceFactory(dataset=dataset, position=position, title=f"File {position}", type="main")
    ResourceFactory(dataset=dataset, position=9, title="Notice", type="documentation")
    url = f"{V2}{dataset.pk}/resources/"
    body = api.get(f"{url}?page_size=2").json()
    assert list(body) == ["data", "next_page", "previous_page", "page", "page_size", "total"]
    assert [one["title"] for one in body["data"]] == ["File 0", "File 1"]
    assert body["total"] == 4
    assert api.get(url).json()["page_size"] == 50
    assert [one["title"] for one in api.get(f"{url}?type=documentation").json()["data"]] == ["Notice"]
    assert api.get(f"{url}?q=file").json()["total"] == 3
