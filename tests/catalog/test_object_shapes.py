"""What the serializers declare is what the API answers, key for key, in every list and on every object."""

from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework import serializers

from catalog.api.contact import ContactPointSerializer
from catalog.api.dataservice import DataserviceSerializer
from catalog.api.discussion import DiscussionSerializer
from catalog.api.organization import OrganizationSerializer, OrganizationSuggestionSerializer
from catalog.api.post import PostSerializer, PostV2Serializer
from catalog.api.reuse import ReuseSerializer, ReuseSuggestionSerializer, ReuseV2Serializer
from catalog.api.user import UserSerializer, UserSuggestionSerializer
from catalog.api.visualization import VisualizationSerializer
from tests.catalog.factories import (
    ContactPointFactory,
    DataserviceFactory,
    DiscussionFactory,
    MemberFactory,
    MessageFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
    VisualizationFactory,
)

pytestmark = pytest.mark.django_db

ANSWERS = {
    "/api/1/contacts/{contact}/": ContactPointSerializer,
    "/api/1/dataservices/": DataserviceSerializer,
    "/api/1/discussions/": DiscussionSerializer,
    "/api/1/organizations/": OrganizationSerializer,
    "/api/1/organizations/{organization}/": OrganizationSerializer,
    "/api/1/organizations/{organization}/contacts/": ContactPointSerializer,
    "/api/1/organizations/{organization}/contacts/suggest/?q=desk": ContactPointSerializer,
    "/api/1/organizations/{organization}/discussions/": DiscussionSerializer,
    "/api/1/organizations/{organization}/reuses/": ReuseSerializer,
    "/api/1/organizations/suggest/?q=city": OrganizationSuggestionSerializer,
    "/api/1/posts/": PostSerializer,
    "/api/1/reuses/": ReuseSerializer,
    "/api/1/reuses/suggest/?q=map": ReuseSuggestionSerializer,
    "/api/1/users/": UserSerializer,
    "/api/1/users/{user}/": UserSerializer,
    "/api/1/users/{user}/contacts/": ContactPointSerializer,
    "/api/1/users/suggest/?q=ada": UserSuggestionSerializer,
    "/api/1/visualizations/": VisualizationSerializer,
    "/api/2/dataservices/search/": DataserviceSerializer,
    "/api/2/discussions/search/": DiscussionSerializer,
    "/api/2/organizations/search/": OrganizationSerializer,
    "/api/2/posts/search/": PostV2Serializer,
    "/api/2/reuses/": ReuseV2Serializer,
    "/api/2/reuses/search/": ReuseV2Serializer,
}


@pytest.fixture
def world() -> dict[str, str]:
    """One object of each kind, with something in each of its lists; the keys of the paths."""
    member = MemberFactory(organization=OrganizationFactory(name="City", badges=["certified"]), user__first_name="Ada")
    organization, user = member.organization, member.user
    dataset = ResourceFactory(dataset__organization=organization).dataset
    contact = ContactPointFactory(organization=organization, name="Desk")
    ContactPointFactory(organization=None, owner=user)
    dataset.contact_points.add(contact)
    dataservice = DataserviceFactory(organization=organization)
    dataservice.datasets.add(dataset)
    dataservice.contact_points.add(contact)
    dataservice.badges.create(kind="hvd")
    reuse = ReuseFactory(title="Map", owner=None, organization=organization)
    VisualizationFactory(owner=None, organization=organization)
    reuse.datasets.add(dataset)
    reuse.dataservices.add(dataservice)
    post = PostFactory(owner=user)
    post.datasets.add(dataset)
    post.reuses.add(reuse)
    MessageFactory(discussion=DiscussionFactory(dataset=dataset, organization=organization), posted_by=user)
    return {"organization": organization.pk, "user": user.slug, "contact": contact.pk}


def differences(declared: serializers.BaseSerializer, value: Any, place: str = "$") -> Iterator[str]:
    """Yield where `value` has a key too many or too few."""
    if isinstance(declared, serializers.ListSerializer):
        for number, item in enumerate(value):
            yield from differences(declared.child, item, f"{place}[{number}]")
        return
    fields = declared.fields
    required = {name for name, field in fields.items() if field.required}
    if not required <= set(value) <= set(fields):
        yield f"{place}: {sorted(set(fields) ^ set(value))}"
    for name, item in value.items():
        nested = isinstance(fields.get(name), serializers.BaseSerializer)
        if nested and item is not None:
            yield from differences(fields[name], item, f"{place}.{name}")


def rows_of(body: Any) -> list[dict[str, Any]]:
    if isinstance(body, list):
        return body
    return body.get("data", [body])


@pytest.mark.parametrize("url", ANSWERS)
def test_serializers_declare_what_the_api_answers(api, url, world):
    api.force_authenticate(UserFactory(admin=True))
    rows = rows_of(api.get(url.format(**world)).json())
    assert rows
    assert list(differences(ANSWERS[url](many=True), rows)) == []


def in_order(value: Any) -> bool:
    """Tell whether the keys of every object in `value` are sorted."""
    if isinstance(value, dict):
        return list(value) == sorted(value) and all(map(in_order, value.values()))
    return all(map(in_order, value)) if isinstance(value, list) else True


@pytest.mark.parametrize("url", [url for url in ANSWERS if url.startswith("/api/1/")])
def test_v1_sorts_its_keys_at_every_depth(api, url, world):
    api.force_authenticate(UserFactory(admin=True))
    assert in_order(api.get(url.format(**world)).json())


def test_v2_keeps_the_order_of_udata(api, world):
    (row,) = api.get("/api/2/reuses/").json()["data"]
    assert list(row) == [
        "id", "owner", "organization", "badges", "metrics", "created_at", "last_modified", "title", "slug",
        "description", "type", "url", "image", "image_thumbnail", "datasets", "dataservices", "tags", "topic",
        "private", "extras", "featured", "deleted", "archived", "page", "permissions", "uri",
    ]  # fmt: skip
    body = api.get("/api/2/organizations/search/").json()
    assert list(body) == ["data", "page", "page_size", "total", "next_page", "previous_page", "facets"]


def test_v2_links_the_resources_of_a_post_s_datasets(api, world):
    (post,) = api.get("/api/2/posts/search/").json()["data"]
    assert post["datasets"][0]["resources"]["total"] == 1
    (post,) = api.get("/api/1/posts/").json()["data"]
    assert len(post["datasets"][0]["resources"]) == 1
