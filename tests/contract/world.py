"""Bringing the database to the state that each recording found: what was written then is written from its answer.

Ids are kept, so that the addresses of later recordings hold here. Writes whose recording is not given are made from
what later recordings show (`GAPS`).
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import F
from django.utils import timezone

from catalog.models import (
    Dataservice,
    Dataset,
    DatasetBadge,
    GeoLevel,
    GeoZone,
    License,
    Member,
    Organization,
    OrganizationBadge,
    Post,
    Resource,
    Reuse,
)
from catalog.services import derivation
from catalog.services import udata_import as udata
from catalog.services.udata_import.owners import upsert_contact_point
from harvest.models import Source
from portal.models import User
from tests.contract.recordings import Recording

PEOPLE = {"admin": ("ad-min", "a@b.fr"), "user": ("no-rmal", "n@b.fr"), "out": ("out-sider", "o@b.fr")}
type_of_applier = Callable[..., None]


def people(recordings: Iterable[Recording]) -> dict[str, User]:
    """Make the three users of the README, with the ids that the recordings show; those never shown are new."""
    shown = {user["slug"]: user for recording in recordings for user in users_in(recording.json)}
    made = {}
    for name, (slug, email) in PEOPLE.items():
        first, last = (part.capitalize() for part in slug.split("-"))
        given = {"id": shown[slug]["id"]} if slug in shown else {}
        is_admin = name == "admin"
        made[name] = User.objects.create(
            **given, email=email, first_name=first, last_name=last, slug=slug, confirmed_at=timezone.now(),
            is_staff=is_admin, is_superuser=is_admin,
        )  # fmt: skip
    return made


def reference_data() -> None:
    """What the README says was known before the first call; most of it is in the migrations."""
    licenses = {"lov2": "Licence Ouverte / Open Licence version 2.0", "notspecified": "License Not Specified"}
    for pk, title in licenses.items():
        License.objects.update_or_create(pk=pk, defaults={"title": title, "url": f"http://ex.com/{pk}"})
    level, _made = GeoLevel.objects.get_or_create(pk="country", defaults={"name": "Country"})
    france = {"level": level, "code": "fr", "name": "France", "slug": "france"}
    GeoZone.objects.get_or_create(pk="country:fr", defaults=france)
    udata.upsert_site({"title": "uData", "keywords": ["opendata", "udata"]})


def users_in(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every reference to a user in a JSON value."""
    if isinstance(value, dict):
        if value.get("class") == "User" and "slug" in value:
            yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else []:
        yield from users_in(item)


def put_dataset(json: dict[str, Any]) -> Dataset:
    """Write a dataset with its resources, as the API shows them."""
    dataset = udata.upsert_dataset(json)
    for position, resource in enumerate(json.get("resources") or []):
        udata.upsert_resource(dataset, resource, position)
    derivation.refresh([dataset.pk])
    return dataset


def apply_dataset(recording: Recording, *_ids: str) -> None:
    put_dataset(recording.json)


def apply_dataset_delete(recording: Recording, pk: str) -> None:
    now = timezone.now()
    Dataset.objects.filter(pk=pk).update(deleted=now, last_modified_internal=now)
    derivation.refresh([pk])


def apply_resource(recording: Recording, dataset: str, *_resource: str) -> None:
    """A new resource goes first, a known one stays where it is."""
    udata.upsert_resource(Dataset.objects.get(pk=dataset), recording.json)
    derivation.refresh([dataset])


def apply_resources_order(recording: Recording, dataset: str) -> None:
    for position, resource in enumerate(recording.json):
        udata.upsert_resource(Dataset.objects.get(pk=dataset), resource, position)
    derivation.refresh([dataset])


def apply_resource_delete(recording: Recording, dataset: str, resource: str) -> None:
    Resource.objects.filter(pk=resource, dataset=dataset).delete()
    derivation.refresh([dataset])


def apply_extras(recording: Recording, pk: str) -> None:
    """PUT answers with the extras; DELETE was sent the keys to remove."""
    dataset = Dataset.objects.get(pk=pk)
    if recording.method == "DELETE":
        extras = {key: value for key, value in dataset.extras.items() if key not in recording.request}
    else:
        extras = recording.json
    Dataset.objects.filter(pk=pk).update(extras=extras)


def apply_dataset_badge(recording: Recording, pk: str) -> None:
    DatasetBadge.objects.get_or_create(dataset_id=pk, kind=recording.json["kind"])


def apply_dataset_badge_delete(recording: Recording, pk: str, kind: str) -> None:
    DatasetBadge.objects.filter(dataset_id=pk, kind=kind).delete()


def apply_organization(recording: Recording, *_id: str) -> None:
    udata.upsert_organization(recording.json)


def apply_organization_badge(recording: Recording, pk: str) -> None:
    OrganizationBadge.objects.get_or_create(organization_id=pk, kind=recording.json["kind"])


def apply_member(recording: Recording, organization: str, *_rest: str) -> None:
    """Answers that show a member make one; an invitation, which shows a status, does not yet."""
    if "status" not in recording.json:
        put_member(organization, recording.json)


def put_member(organization: str, json: dict[str, Any]) -> None:
    user = User.objects.get(pk=json["user"]["id"])
    Member.objects.update_or_create(organization_id=organization, user=user, defaults={"role": json["role"]})


def apply_member_delete(recording: Recording, organization: str, user: str) -> None:
    Member.objects.filter(organization_id=organization, user_id=user).delete()


def apply_community_resource(recording: Recording, *_id: str) -> None:
    udata.upsert_community_resource(recording.json)


def apply_reuse(recording: Recording, *_id: str) -> None:
    udata.upsert_reuse(recording.json)


def apply_dataservice(recording: Recording, *_id: str) -> None:
    """The answer gives its datasets as an address; the request named them."""
    dataservice = udata.upsert_dataservice(recording.json)
    asked = recording.request if isinstance(recording.request, dict) else {}
    if "datasets" in asked:
        dataservice.datasets.set(asked["datasets"])


def apply_discussion(recording: Recording, *_id: str) -> None:
    udata.upsert_discussion(recording.json)


def apply_post(recording: Recording, *_id: str) -> None:
    udata.upsert_post(recording.json)


def apply_contact(recording: Recording, *_id: str) -> None:
    upsert_contact_point(recording.json, [])


def apply_transfer(recording: Recording, *_id: str) -> None:
    """An accepted transfer changes the owner; one that waits changes nothing."""
    if recording.json.get("status") == "accepted":
        hand_over(recording.json["subject"], recording.json["recipient"])


def hand_over(subject: dict[str, Any], recipient: dict[str, Any]) -> None:
    model = {"Dataset": Dataset, "Reuse": Reuse, "Dataservice": Dataservice}[subject["class"]]
    to_organization = recipient["class"] == "Organization"
    model.objects.filter(pk=subject["id"]).update(
        organization_id=recipient["id"] if to_organization else None,
        owner_id=None if to_organization else recipient["id"],
    )


def apply_site(recording: Recording) -> None:
    udata.upsert_site(recording.json)


def apply_source(recording: Recording, *_id: str) -> None:
    json = recording.json
    owners = {f"{key}_id": json[key] and json[key]["id"] for key in ("owner", "organization")}
    plain = {key: json[key] for key in ("name", "slug", "url", "backend")}
    Source.objects.update_or_create(pk=json["id"], defaults={**plain, **owners})


def apply_delete(model: type, column: str) -> type_of_applier:
    """Return an applier that dates the deletion."""
    return lambda recording, pk: model.objects.filter(pk=pk).update(**{column: timezone.now()})


def apply_post_delete(recording: Recording, pk: str) -> None:
    Post.objects.filter(pk=pk).delete()


ID = "([0-9a-f]{24})"
UUID = "([0-9a-f-]{36})"
# (methods, path) -> applier. What is not here (follows, topics, tokens, reports) has no table in this issue.
APPLIERS: list[tuple[str, str, type_of_applier]] = [
    ("POST", "/api/1/organizations/", apply_organization),
    ("PUT", f"/api/1/organizations/{ID}/", apply_organization),
    ("DELETE", f"/api/1/organizations/{ID}/", apply_delete(Organization, "deleted")),
    ("POST", f"/api/1/organizations/{ID}/badges/", apply_organization_badge),
    ("POST", f"/api/1/organizations/{ID}/membership/{UUID}/accept/", apply_member),
    ("POST", f"/api/1/organizations/{ID}/member/", apply_member),
    ("POST PUT", f"/api/1/organizations/{ID}/member/{ID}/?", apply_member),
    ("DELETE", f"/api/1/organizations/{ID}/member/{ID}/?", apply_member_delete),
    ("POST", "/api/1/datasets/", apply_dataset),
    ("PUT", f"/api/1/datasets/{ID}/", apply_dataset),
    ("DELETE", f"/api/1/datasets/{ID}/", apply_dataset_delete),
    ("POST DELETE", f"/api/1/datasets/{ID}/featured/", apply_dataset),
    ("POST", f"/api/1/datasets/{ID}/badges/", apply_dataset_badge),
    ("DELETE", f"/api/1/datasets/{ID}/badges/([a-z-]+)/", apply_dataset_badge_delete),
    ("POST", f"/api/1/datasets/{ID}/(?:resources|upload)/", apply_resource),
    ("PUT", f"/api/1/datasets/{ID}/resources/", apply_resources_order),
    ("PUT", f"/api/1/datasets/{ID}/resources/{UUID}/", apply_resource),
    ("POST", f"/api/1/datasets/{ID}/resources/{UUID}/upload/", apply_resource),
    ("DELETE", f"/api/1/datasets/{ID}/resources/{UUID}/", apply_resource_delete),
    ("PUT DELETE", f"/api/2/datasets/{ID}/extras/", apply_extras),
    ("POST", "/api/1/datasets/community_resources/", apply_community_resource),
    ("PUT", f"/api/1/datasets/community_resources/{UUID}/", apply_community_resource),
    ("POST", "/api/1/reuses/", apply_reuse),
    ("PUT", f"/api/1/reuses/{ID}/", apply_reuse),
    ("DELETE", f"/api/1/reuses/{ID}/", apply_delete(Reuse, "deleted")),
    ("POST DELETE", f"/api/1/reuses/{ID}/featured/", apply_reuse),
    ("POST", f"/api/1/reuses/{ID}/(?:datasets|dataservices)/", apply_reuse),
    ("POST", "/api/1/dataservices/", apply_dataservice),
    ("PATCH", f"/api/1/dataservices/{ID}/", apply_dataservice),
    ("DELETE", f"/api/1/dataservices/{ID}/", apply_delete(Dataservice, "deleted_at")),
    ("POST DELETE", f"/api/1/dataservices/{ID}/featured/", apply_dataservice),
    ("POST", "/api/1/discussions/", apply_discussion),
    ("POST PUT", f"/api/1/discussions/{ID}/", apply_discussion),
    ("POST", "/api/1/posts/", apply_post),
    ("PUT", f"/api/1/posts/{ID}/", apply_post),
    ("POST", f"/api/1/posts/{ID}/publish/", apply_post),
    ("DELETE", f"/api/1/posts/{ID}/", apply_post_delete),
    ("POST", "/api/1/contacts/", apply_contact),
    ("PUT", f"/api/1/contacts/{ID}/", apply_contact),
    ("POST", f"/api/1/transfer/{ID}/", apply_transfer),
    ("PATCH", "/api/1/site/", apply_site),
    ("POST", "/api/1/harvest/sources/", apply_source),
    ("PUT", f"/api/1/harvest/source/{ID}/", apply_source),
]


def apply(recording: Recording) -> bool:
    """Write what the recording wrote; tell whether anything in this portal corresponds to it."""
    for methods, pattern, applier in APPLIERS:
        found = re.fullmatch(pattern, recording.path)
        if found and recording.method in methods.split():
            applier(recording, *found.groups())
            return True
    return False


def fill_resource(later: Recording) -> None:
    """008: a resource got another title. 012 shows it."""
    put_dataset(later.json)


def fill_rename(later: Recording) -> None:
    """038: the dataset was renamed. 043 shows it, with the badge and the state of what came in between."""
    put_dataset({**later.json, "badges": [], "featured": False})


def fill_member(later: Recording) -> None:
    """083: the membership was accepted. 084, which accepts once more, shows the member."""
    put_member(later.path.split("/")[4], later.json)
    Organization.objects.filter(pk=later.path.split("/")[4]).update(metric_members=F("metric_members") + 1)


def fill_transfer(later: Recording) -> None:
    """095: the transfer was accepted. 150 shows the owner."""
    hand_over({"class": "Dataset", "id": later.json["id"]}, later.json["owner"])


# A write that is not given -> the later recording that shows it, and how.
GAPS: dict[int, tuple[int, Callable[[Recording], None]]] = {
    8: (12, fill_resource),
    38: (43, fill_rename),
    83: (84, fill_member),
    95: (150, fill_transfer),
}


def fill_gaps(before: int, after: int, recordings: dict[int, Recording]) -> None:
    """Make the writes numbered between two given recordings (`before` < n < `after`)."""
    for number, (later, fill) in GAPS.items():
        if before < number < after and later in recordings:
            fill(recordings[later])
