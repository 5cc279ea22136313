"""How the OpenAPI document of v1 describes the CSV dumps, whose views are not DRF's (they stream)."""

from typing import Any

from catalog.exports.registry import EXPORTS, ORGANIZATION_DUMPS
from portal.lib.api.schema import FilterArguments

NAMES = list(EXPORTS)  # other apps append theirs
CSV = {"description": "UTF-8, semicolons, every text between quotes, lines ended by CR LF.", "content": {
    "text/csv": {"schema": {"type": "string"}}
}}  # fmt: skip
KEY = {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
NEVER = {"304": {"description": "What the caller has, as `If-None-Match` names it, is still right."}}
BUSY = {"503": {"description": "Too many dumps are being read; `Retry-After` says when to come back."}}


def dump_paths() -> dict[str, Any]:
    """Return the paths of the dumps, by path: of the site, then of one organization."""
    site = {f"/api/1/site/{name}.csv": {"get": site_dump(name)} for name in NAMES}
    organization = {
        f"/api/1/organizations/{{key}}/{name}.csv": {"get": organization_dump(name)} for name in ORGANIZATION_DUMPS
    }
    return site | organization


def site_dump(name: str) -> dict[str, Any]:
    filterset = getattr(EXPORTS.get(name), "filterset", None)
    arguments = FilterArguments.arguments_of(filterset) if filterset else []
    return operation(f"get_site_{name}_csv", "site", f"Read the live dump of {name}", arguments)


def organization_dump(name: str) -> dict[str, Any]:
    text = f"Read the live dump of an organization's {name.replace('-', ' and ')}"
    return operation(f"get_organization_{name.replace('-', '_')}_csv", "organizations", text, [KEY])


def operation(identifier: str, tag: str, summary: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "operationId": identifier,
        "summary": summary,
        "description": f"{summary}, in CSV: always what the catalogue holds now.",
        "tags": [tag],
        "parameters": [dict(each) for each in parameters],
        "security": [{}],
        "responses": {"200": CSV, **NEVER, **BUSY},
    }
