"""The OpenAPI documents of the API, one a version, and the page that shows them.

`make openapi` writes them into docs/; a test compares them with the routes.
"""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer

from catalog.api.dumps_schema import dump_paths
from portal.lib.api.schema import DocumentGenerator, PrefixEnumerator

DESCRIPTION = """\
Every path takes an id or a slug (`<key>`), and ends with a slash. Lists have pages (`page`, `page_size`). Reading is
open to all; writing needs a token in the header `X-API-KEY`. Dates are ISO 8601 with their time zone.
"""
TAGS = {
    "access_type": "Grounds for limiting access to data.",
    "activity": "What happened to the objects of the catalogue.",
    "avatars": "Pictures drawn from an identifier.",
    "captchetat": "The captcha of the French State.",
    "contacts": "Whom to write to about an object.",
    "dataservices": "APIs that serve data.",
    "datasets": "Datasets, their resources and the vocabularies that describe them.",
    "discussions": "Questions and answers about an object.",
    "harvest": "Catalogues that are collected regularly, and the runs that did it.",
    "me": "The caller's own account and objects.",
    "metrics": "How much objects are read and downloaded.",
    "notifications": "What waits for the caller.",
    "organizations": "Who publishes.",
    "posts": "The portal's news and pages.",
    "proconnect": "Sign-in with the account of the French State.",
    "reports": "What readers signal to the moderators.",
    "reuses": "What people make of the data.",
    "site": "The portal itself.",
    "spatial": "Territories.",
    "tags": "Words that objects share.",
    "topics": "Selections of objects about a subject.",
    "transfer": "Objects that change hands.",
    "users": "People with an account.",
    "visualizations": "Charts drawn from tabular resources.",
    "workers": "Periodic jobs.",
}
ARGUMENTS = {
    "class": "The kind of object; `None` for entries that are a title alone.",
    "access_type": "How the data can be had.",
    "badge": "A badge of the object.",
    "business_number_id": "SIRET of the organization, 14 digits.",
    "closed": "Whether the discussion is closed.",
    "comment": "Index or id (UUID) of a message.",
    "contact_point": "Id of a contact point.",
    "dataservice": "Id or slug of a dataservice.",
    "dataset": "Id or slug of a dataset.",
    "element": "Id (UUID) of an element of a topic.",
    "extension": "The form of RDF.",
    "featured": "Whether the editors put the object forward.",
    "for": "Id of the object that the discussion is about; may be repeated.",
    "format": "Format of a resource, such as `csv`.",
    "format_family": "Family of formats of a resource.",
    "geozone": "Id of a territory, such as `country:fr`.",
    "granularity": "Id of a granularity, such as `fr:commune`.",
    "id": "Id of the object.",
    "ident": "Id of a job.",
    "is_restricted": "Whether access is restricted.",
    "key": "Id or slug of the object.",
    "kind": "Kind of object.",
    "last_update_range": "How long ago the object was last updated, at most.",
    "level": "Id of a territorial level, such as `fr:region`.",
    "license": "Id of a licence.",
    "name": "The whole name, whatever the case.",
    "org": "Id or slug of an organization.",
    "organization": "Id or slug of the organization that owns the object.",
    "organization_badge": "A badge of the organization that owns the object.",
    "organization_name": "The whole name of the organization, whatever the case.",
    "owner": "Id or slug of the user who owns the object.",
    "private": "Whether the object is a draft.",
    "archived": "Whether the object is archived.",
    "deleted": "Whether the object is deleted.",
    "producer_type": "What kind of producer owns the object.",
    "reuse": "Id or slug of a reuse.",
    "rid": "Id (UUID) of a resource.",
    "schema": "Name of a data schema that a resource follows.",
    "schema_version": "Version of the data schema.",
    "tag": "A tag; an object must have all those given.",
    "topic": "Id or slug of a topic; for reuses, a theme or the id of a topic.",
    "type": "Type of object.",
    "user": "Id or slug of a user.",
    "with_drafts": "Whether drafts are shown too (administrators).",
    "zone": "Id of a territory, such as `country:fr`.",
}
CACHE_CONTROL = "public, max-age=3600"  # a document changes with the software only


class V1Enumerator(PrefixEnumerator):
    prefix = "/api/1/"


class V2Enumerator(PrefixEnumerator):
    prefix = "/api/2/"


class V1Generator(DocumentGenerator):
    endpoint_inspector_cls = V1Enumerator
    info = {"title": "Open data portal, API v1", "version": "1.0", "description": DESCRIPTION}
    tags = TAGS
    arguments = ARGUMENTS

    def more_paths(self) -> dict[str, Any]:
        return dump_paths()


class V2Generator(DocumentGenerator):
    endpoint_inspector_cls = V2Enumerator
    info = {
        "title": "Open data portal, API v2",
        "version": "2.0",
        "description": f"{DESCRIPTION}\nIn v2, datasets and topics carry links in the place of their long lists.\n",
    }
    tags = TAGS
    arguments = ARGUMENTS


GENERATORS = {"1": V1Generator, "2": V2Generator}


@cache
def document(version: str) -> bytes:
    """Return the OpenAPI document of that version as JSON, made once a process (it costs about a second)."""
    with translation.override("en"):
        return OpenApiJsonRenderer().render(GENERATORS[version]().get_schema())


@require_safe
def openapi(request: HttpRequest, version: str) -> HttpResponse:
    """Answer the OpenAPI document of one version of the API."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": CACHE_CONTROL}
    return HttpResponse(document(version), content_type="application/json", headers=headers)


@require_safe
def documentation(request: HttpRequest, version: str = "1") -> HttpResponse:
    """Show the documents to people, with a form to try each operation; scripts and styles are the portal's own."""
    return render(request, "catalog/api/documentation.html", {"version": version, "site_url": settings.SITE_URL})
