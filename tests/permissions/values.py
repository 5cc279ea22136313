"""What a body may change, by endpoint, and the values that try to change the rest."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from tests.permissions.lines import V1, V2
from tests.permissions.world import World

CANARY = "zqfield"
LONG_AGO = datetime(2001, 2, 3, 4, 5, tzinfo=UTC)
OWNER = {"organization", "owner"}
ACCESS = {
    "license", "access_type", "access_audiences", "access_type_reason_category", "access_type_reason",
    "authorization_request_url",
}  # fmt: skip
STATES = {"private", "archived", "deleted"}
DATASET = OWNER | ACCESS | STATES | {
    "title", "acronym", "description", "description_short", "tags", "frequency", "frequency_date", "temporal_coverage",
    "spatial", "contact_points", "schema", "extras", "resources",
}  # fmt: skip
REUSE = OWNER | STATES | {"title", "description", "type", "url", "topic", "tags", "datasets", "dataservices", "extras"}
DATASERVICE = OWNER | ACCESS | {
    "title", "acronym", "description", "base_api_url", "machine_documentation_url", "technical_documentation_url",
    "business_documentation_url", "rate_limiting", "rate_limiting_url", "availability", "availability_url", "format",
    "tags", "datasets", "contact_points", "extras", "private", "archived_at", "deleted_at",
}  # fmt: skip
ORGANIZATION = {
    "name", "acronym", "description", "url", "image_url", "business_number_id", "extras", "presentation_blocs",
    "presentation_blocs_published_at", "deleted",
}  # fmt: skip
TOPIC = OWNER | {"name", "description", "tags", "color", "private", "extras", "spatial", "elements"}
ELEMENT = {"title", "description", "tags", "extras", "element"}
POST = {
    "name", "headline", "kind", "body_type", "content", "blocs", "image_url", "credit_to", "credit_url", "tags",
    "datasets", "reuses", "published",
}  # fmt: skip
RESOURCE = {
    "title", "description", "url", "filetype", "type", "format", "mime", "filesize", "checksum", "schema", "extras",
}  # fmt: skip
HOSTED = {"filetype", "title", "description", "type", "schema", "extras"}  # what a hosted file says of itself stays out
COMMUNITY = OWNER | RESOURCE | {"dataset"}
CONTACT = OWNER | {"name", "email", "contact_form", "role"}
SOURCE = OWNER | {"name", "url", "backend", "description", "config", "active", "autoarchive", "deleted"}
CHART = OWNER | {"title", "description", "private", "x_axis", "y_axis", "series", "extras"}
PROFILE = {"first_name", "last_name", "about", "website"}
JOB = {"name", "task", "args", "kwargs", "crontab", "interval", "enabled", "description"}
SITE = {"datasets_blocs", "reuses_blocs", "dataservices_blocs", "title", "feed_size", "keywords"}


@dataclass(frozen=True, slots=True)
class Form:
    """The body of an endpoint: `base` is one that is accepted, `keys` what it may have, `also` more that it may set."""

    methods: str
    route: re.Pattern[str]
    model: type[models.Model] | None
    caller: str = ""
    keys: frozenset[str] = frozenset()
    kind: str = ""  # of the object that the path names
    base: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    also: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()  # keys that are no part of it, and yet not ignored
    parents: dict[str, str] = field(default_factory=dict)  # other parts of the path -> kind of object

    @property
    def item(self) -> Callable[[World], Any] | None:
        return (lambda world: world.get(self.kind)) if self.kind else None

    def body(self, world: World) -> dict[str, Any]:
        return self.base(world)

    def parts(self, world: World) -> dict[str, Any]:
        return {name: world.get(kind).pk for name, kind in self.parents.items()}


def form(methods: str, route: str, model: str = "", caller: str = "", keys: Any = (), **options: Any) -> Form:
    parents = options.pop("parents", {})
    more = {name: frozenset(options.pop(name, ())) for name in ("also", "refused")}
    known = apps.get_model(model) if model else None
    return Form(methods, re.compile(route), known, caller, frozenset(keys), **more, parents=parents, **options)


def fixed(**body: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: body


def about(kind: str, name: str, **body: Any) -> Callable[[World], dict[str, Any]]:
    """Return a body that also names an object of the world under `name`."""
    classes = {"dataset": "Dataset", "user": "User"}
    return lambda world: {**body, name: {"class": classes[kind], "id": world.get(kind).pk}}


KEY, RID = "<str:key>", "<str:rid>"
TEXTS = {"title": "Sent", "description": "Sent"}
URL = "https://example.org/sent"
REUSED = {**TEXTS, "type": "application", "topic": "health", "url": URL}
SENT_SOURCE = {"name": "Sent", "url": URL, "backend": "dcat"}
CHART_BODY = {"x_axis": {"column_x": "x", "type": "discrete"}, "y_axis": {}}
CRON = {"name": "Sent", "task": "purge-datasets", "crontab": {"hour": "3"}}
FORMS = [
    form("POST", rf"{V1}datasets/", "catalog.Dataset", "user", DATASET, base=fixed(**TEXTS)),
    form("PUT", rf"{V1}datasets/{KEY}/", "catalog.Dataset", "admin", DATASET, kind="dataset", base=fixed(**TEXTS)),
    form("POST", rf"{V1}datasets/{KEY}/resources/", "catalog.Resource", "admin", RESOURCE,
         base=fixed(title="Sent", url=URL, filetype="remote"), parents={"key": "dataset"}),
    form("PUT", rf"{V1}datasets/{KEY}/resources/{RID}/", "catalog.Resource", "admin", HOSTED, kind="hosted",
         base=fixed(title="Sent"), parents={"key": "dataset"}),
    form("POST", rf"{V1}datasets/community_resources/", "catalog.CommunityResource", "user", COMMUNITY,
         base=about("dataset", "dataset", title="Sent", url=URL, filetype="remote")),
    form("PUT", rf"{V1}datasets/community_resources/{RID}/", "catalog.CommunityResource", "admin", COMMUNITY,
         kind="community_resource", base=fixed(title="Sent")),
    form("POST", rf"{V1}reuses/", "catalog.Reuse", "user", REUSE, base=fixed(**REUSED), also={"urlhash"}),
    form("PUT", rf"{V1}reuses/{KEY}/", "catalog.Reuse", "admin", REUSE, kind="reuse",
         base=fixed(**TEXTS), also={"urlhash"}),
    form("POST", rf"{V1}dataservices/", "catalog.Dataservice", "user", DATASERVICE, base=fixed(title="Sent")),
    form("PATCH", rf"{V1}dataservices/{KEY}/", "catalog.Dataservice", "admin", DATASERVICE, kind="dataservice",
         base=fixed(title="Sent")),
    form("POST", rf"{V1}organizations/", "catalog.Organization", "user", ORGANIZATION,
         base=fixed(name="Sent", description="Sent")),
    form("PUT", rf"{V1}organizations/{KEY}/", "catalog.Organization", "admin", ORGANIZATION, kind="organization",
         base=fixed(name="Sent")),
    form("POST", rf"{V2}topics/", "catalog.Topic", "user", TOPIC,
         base=fixed(name="Sent", description="Sent", tags=["sent"])),
    form("PUT", rf"{V2}topics/{KEY}/", "catalog.Topic", "admin", TOPIC, kind="topic", base=fixed(name="Sent")),
    form("PUT", rf"{V2}topics/{KEY}/elements/<str:element>/", "catalog.TopicElement", "admin", ELEMENT, kind="element",
         base=fixed(title="Sent"), parents={"key": "topic", "element": "element"}),
    form("POST", rf"{V1}posts/", "catalog.Post", "sysadmin", POST, base=fixed(name="Sent", headline="Sent")),
    form("PUT", rf"{V1}posts/{KEY}/", "catalog.Post", "sysadmin", POST, kind="post", base=fixed(name="Sent")),
    form("POST", rf"{V1}contacts/", "catalog.ContactPoint", "user", CONTACT,
         base=fixed(name="Sent", email="sent@example.org", role="contact")),
    form("PUT", rf"{V1}contacts/{KEY}/", "catalog.ContactPoint", "admin", CONTACT, kind="contact",
         base=fixed(name="Sent")),
    form("POST", rf"{V1}discussions/", "catalog.Discussion", "user",
         {"title", "comment", "subject", "organization", "extras"},
         base=about("dataset", "subject", title="Sent", comment="Sent")),
    form("PUT", rf"{V1}discussions/{KEY}/", "catalog.Discussion", "sysadmin", {"title"}, kind="dataset_discussion",
         base=fixed(title="Sent")),
    form("POST", rf"{V1}harvest/sources/", "harvest.Source", "user", SOURCE, base=fixed(**SENT_SOURCE),
         also={"public_url", "public_config"}),
    form("PUT", rf"{V1}harvest/source/{KEY}/", "harvest.Source", "admin", SOURCE, kind="source",
         base=fixed(name="Sent"), also={"public_url", "public_config"}),
    form("POST", rf"{V1}visualizations/", "catalog.Visualization", "user", CHART,
         base=lambda world: {**TEXTS, **CHART_BODY, "series": [
             {"type": "line", "column_y": "y", "resource_id": str(world.get("resource").pk)}]}),
    form("PATCH", rf"{V1}visualizations/{KEY}/", "catalog.Visualization", "admin", CHART, kind="visualization",
         base=fixed(title="Sent")),
    form("PUT", rf"{V1}me/", "portal.User", "user", PROFILE, kind="myself", base=fixed(first_name="Sent"),
         refused={"email"}),
    form("POST", rf"{V1}users/", "portal.User", "sysadmin", PROFILE | {"email"},
         base=fixed(first_name="Sent", last_name="Sent", email="sent@example.org")),
    form("PUT", rf"{V1}users/{KEY}/", "portal.User", "sysadmin", PROFILE | {"email"}, kind="user",
         base=fixed(first_name="Sent")),
    form("PATCH", rf"{V1}site/", "catalog.Site", "sysadmin", SITE, kind="site", base=fixed(feed_size=7)),
    form("POST", rf"{V1}reports/", "catalog.Report", "user", {"subject", "subject_embed_id", "reason", "message"},
         base=about("dataset", "subject", reason="spam", message="Sent")),
    form("PATCH", rf"{V1}reports/<str:id>/", "catalog.Report", "sysadmin", {"dismissed_at"}, kind="report",
         base=fixed(dismissed_at="2026-01-01T00:00:00+00:00")),
    form("POST", rf"{V1}transfer/", "catalog.Transfer", "admin", {"subject", "recipient", "comment"},
         base=lambda world: {"subject": {"class": "Reuse", "id": world.get("reuse").pk}, "comment": "Sent",
                             "recipient": {"class": "User", "id": world.get("user").pk}}),
    form("POST", rf"{V1}me/api_tokens/", "portal.ApiToken", "user", {"name", "scopes", "expires_at"},
         base=fixed(name="Sent"), also={"expires_at", "scopes"}),
    form("POST", rf"{V1}workers/jobs/", "django_celery_beat.PeriodicTask", "sysadmin", JOB, base=fixed(**CRON)),
    form("PUT", rf"{V1}workers/jobs/<str:id>/", "django_celery_beat.PeriodicTask", "sysadmin", JOB, kind="schedule",
         base=fixed(**CRON)),
    form("POST", rf"{V1}organizations/{KEY}/membership/", "catalog.MembershipRequest", "user", {"comment"},
         base=fixed(comment="Sent"), parents={"key": "organization"}),
    form("POST", rf"{V1}organizations/{KEY}/member/", "catalog.MembershipRequest", "admin",
         {"user", "email", "role", "comment", "assignments"}, base=about("user", "user", role="editor"),
         parents={"key": "organization"}, also={"user_id"}),
    # No object of a body: lists of elements, files, and roles that have tests of their own.
    form("POST", rf"{V2}topics/{KEY}/elements/"),
    form("POST PUT", rf".*/({RID}/)?(upload|logo|image|avatar|upload/community)/"),
    form("PUT", rf"{V1}organizations/{KEY}/member/<str:user>/"),
]  # fmt: skip


def find_form(method: str, route: str) -> Form | None:
    """Return the form of that endpoint."""
    return next((one for one in FORMS if method in one.methods.split() and one.route.fullmatch(route)), None)


def value_of(column: models.Field, world: World) -> Any:
    """Return a value for a column as JSON writes it, which no object of the world has."""
    if column.is_relation:
        stranger = {"User": "other", "Organization": "elsewhere"}.get(column.related_model.__name__)
        value = world.strangers[stranger] if stranger else 7
        return [value] if column.many_to_many else value
    known = {
        models.UUIDField: str(UUID(int=7)), models.BooleanField: True, models.JSONField: {CANARY: 1},
        models.DateTimeField: LONG_AGO.isoformat(), models.DateField: date(2001, 2, 3).isoformat(),
        models.URLField: f"https://{CANARY}.example.org/", models.EmailField: f"{CANARY}@example.org",
        models.IntegerField: 987654, models.FloatField: 98.7,
    }  # fmt: skip
    if column.primary_key and isinstance(column, models.CharField):
        return "0" * 24
    return next((value for kind, value in known.items() if isinstance(column, kind)), CANARY)


def OTHER_KEYS(world: World) -> dict[str, Any]:
    """Return the keys of udata's outputs that are no column, and those of its faults."""
    return {
        "id": "0" * 24, "badges": [{"kind": "spd"}], "metrics": {"views": 987654}, "quality": {"score": 1},
        "harvest": {"domain": CANARY, "remote_id": CANARY}, "permissions": {"edit": True}, "uri": CANARY,
        "page": CANARY,
        "roles": ["admin"], "is_staff": True, "is_superuser": True, "active": False, "password": CANARY,
        "members": [{"user": world.strangers["other"], "role": "admin"}], "internal": {"created_at": CANARY},
        "checksum": {"type": "sha1", "value": CANARY}, "last_update": LONG_AGO.isoformat(), "followers": 987654,
        "user": world.strangers["other"], "posted_by": world.strangers["other"], "validation": {"state": "accepted"},
        "deleted": LONG_AGO.isoformat(), "deleted_at": LONG_AGO.isoformat(), "certified": True, "latest": CANARY,
    }  # fmt: skip
