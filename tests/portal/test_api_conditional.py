"""ETag, 304 and If-Match; `Link`; who may keep an answer."""

import re

import pytest

from catalog.models import Dataset
from portal.models import ApiToken
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
    VisualizationFactory,
)

pytestmark = pytest.mark.django_db


def made(kind):
    if kind == "resource":
        resource = ResourceFactory()
        return f"/api/1/datasets/{resource.dataset_id}/resources/{resource.pk}/"
    factories = {
        "datasets": DatasetFactory, "organizations": OrganizationFactory, "reuses": ReuseFactory,
        "dataservices": DataserviceFactory, "users": UserFactory, "posts": PostFactory,
        "discussions": DiscussionFactory, "visualizations": VisualizationFactory,
    }  # fmt: skip
    return f"/api/1/{kind}/{factories[kind]().pk}/"


KINDS = [
    "datasets", "organizations", "reuses", "dataservices", "users", "posts", "discussions", "visualizations",
    "resource",
]  # fmt: skip
MARKED = re.compile(r'"[^"-]+-[0-9a-f]{24}"')


@pytest.mark.parametrize("kind", KINDS)
def test_an_object_has_a_strong_etag_with_its_state_and_is_not_sent_twice(api, kind):
    url = made(kind)
    first = api.get(url)
    assert first.status_code == 200
    assert MARKED.fullmatch(first["ETag"])
    assert api.get(url)["ETag"] == first["ETag"]
    again = api.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert api.get(url, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("url", ["/api/1/datasets/", "/api/2/datasets/", "/api/1/site/", "/api/1/datasets/licenses/"])
def test_a_list_is_not_sent_twice_until_it_changes(api, url):
    DatasetFactory()
    etag = api.get(url)["ETag"]
    assert api.get(url, headers={"if-none-match": etag}).status_code == 304
    if "licenses" not in url and "site" not in url:
        DatasetFactory()
        assert api.get(url, headers={"if-none-match": etag}).status_code == 200


def test_another_representation_has_another_etag_and_the_same_state(api):
    url = f"/api/1/datasets/{DatasetFactory().pk}/"
    whole, masked = api.get(url)["ETag"], api.get(url, headers={"x-fields": "id"})["ETag"]
    assert whole != masked
    assert whole.partition("-")[0] == masked.partition("-")[0]


def test_an_answer_may_be_kept_but_is_asked_for_again(api):
    response = api.get("/api/1/datasets/")
    assert response["Cache-Control"] == "no-cache"
    for name in ["Accept-Language", "X-Fields", "X-API-KEY", "Authorization", "Cookie", "Origin"]:
        assert name in response["Vary"]
    token = ApiToken.objects.issue(UserFactory())[1]
    personal = api.get("/api/1/datasets/", headers={"authorization": f"Bearer {token}"})
    assert "private" in personal["Cache-Control"]


def test_links_stand_beside_the_envelope_remembered_pages_included(api):
    for _one in range(5):
        DatasetFactory()
    for _again in range(2):
        response = api.get("/api/1/datasets/?page=2&page_size=2&sort=title")
        links = re.findall(r'<([^>]+)>; rel="(\w+)"', response["Link"])
        by_relation = {relation: url for url, relation in links}
        assert by_relation["next"] == response.json()["next_page"]
        assert by_relation["prev"] == response.json()["previous_page"]
        assert "page=1&" in by_relation["first"]
        assert "page=3&" in by_relation["last"]
    assert "Link" in api.get("/api/1/organizations/")
    assert "next" not in api.get("/api/1/datasets/?page=3&page_size=2")["Link"]


def put(client, dataset, title, **headers):
    return client.put(f"/api/1/datasets/{dataset.pk}/", {"title": title}, format="json", headers=headers)


def test_a_write_on_a_stale_state_is_refused(api):
    dataset = DatasetFactory(title="Zero")
    url = f"/api/2/datasets/{dataset.pk}/"
    api.force_authenticate(UserFactory(admin=True))
    first = api.get(url, headers={"x-fields": "title", "accept-language": "fr"})["ETag"]
    assert put(api, dataset, "One", **{"if-match": first}).status_code == 200
    refused = put(api, dataset, "Two", **{"if-match": first})
    assert refused.status_code == 412
    assert "changed" in refused.json()["message"]
    assert Dataset.objects.get().title == "One"
    assert put(api, dataset, "Three", **{"if-match": f'"x-1", W/{api.get(url)["ETag"]}'}).status_code == 200
    assert put(api, dataset, "Four", **{"if-match": "*"}).status_code == 200
    assert put(api, dataset, "Five").status_code == 200
    assert put(api, dataset, "Six", **{"if-none-match": "*"}).status_code == 412
    assert api.delete(f"/api/1/datasets/{dataset.pk}/", headers={"if-match": first}).status_code == 412
    assert Dataset.objects.get().title == "Five"


def test_an_etag_that_names_no_state_never_lets_a_write_pass(api):
    dataset = DatasetFactory()
    api.force_authenticate(UserFactory(admin=True))
    for etag in ['"abc"', "abc", '""', "v1", '"-"']:
        assert put(api, dataset, "New", **{"if-match": etag}).status_code == 412


def test_following_does_not_change_the_state_of_an_object(api):
    organization = OrganizationFactory()
    url = f"/api/1/organizations/{organization.pk}/"
    before = api.get(url)["ETag"]
    organization.metric_followers = 12
    organization.save(update_fields=["metric_followers"])
    after = api.get(url)["ETag"]
    assert before != after
    assert before.partition("-")[0] == after.partition("-")[0]


def test_a_resource_is_compared_with_its_own_state_not_with_its_datasets(api):
    resource = ResourceFactory()
    url = f"/api/1/datasets/{resource.dataset_id}/resources/{resource.pk}/"
    api.force_authenticate(UserFactory(admin=True))
    etag = api.get(url)["ETag"]
    ResourceFactory(dataset=resource.dataset)  # changes the dataset, and not this resource
    for title, status in [("One", 200), ("Two", 412)]:
        assert api.put(url, {"title": title}, format="json", headers={"if-match": etag}).status_code == status
    assert api.get(url).json()["title"] == "One"
