"""Resources of the demonstration: files hosted here, remote links, documentation, programming interfaces."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.storage import default_storage

from catalog.models import Resource
from catalog.services.demo import descriptions, files
from catalog.services.demo.names import chance, file_id
from catalog.services.demo.plan import Draft
from catalog.services.demo.tables import Row
from portal.lib.slugs import normalize

FORMATS = {
    "fr": {"csv": "à ouvrir dans un tableur", "json": "pour les programmes", "geojson": "pour les cartes"},
    "en": {"csv": "for spreadsheets", "json": "for programs", "geojson": "for maps"},
}
NOTICES = {"fr": "Description des champs", "en": "Description of the fields"}
INTERFACES = {"fr": "Accès par l'API", "en": "Access by API"}


@dataclass(frozen=True, slots=True)
class Life:
    """When a dataset was published and when its files were last replaced."""

    created: datetime
    updated: datetime


def hosted(key: str, filename: str, content: str, **values: Any) -> Resource:
    """Return a resource (not saved) whose file is written in its place."""
    stored = files.store(f"{files.FOLDER}/{key}/{filename}", content.encode())
    extension = filename.rpartition(".")[2]
    return Resource(
        id=file_id(f"{key}/{filename}"),
        file=stored.name,
        url=default_storage.url(stored.name),
        filetype="file",
        format=extension,
        mime=files.MEDIA_TYPES[extension],
        filesize=stored.size,
        checksum_type="sha1",
        checksum_value=stored.sha1,
        **values,
    )


def remote(key: str, url: str, *, checked: datetime, available: bool = True, **values: Any) -> Resource:
    """Return a resource (not saved) that lies elsewhere, as a link checker saw it."""
    extras = {
        "check:available": available,
        "check:status": 200 if available else 404,
        "check:date": checked.isoformat(),
    }
    mime = files.MEDIA_TYPES.get(values["format"], "")
    return Resource(id=file_id(f"{key} {url}"), url=url, filetype="remote", mime=mime, extras=extras, **values)


def of_draft(draft: Draft, rows: list[Row], life: Life) -> list[Resource]:
    """Return the resources of a dataset (not saved), in order; their files are written."""
    dates = {"created_at_internal": life.created, "last_modified_internal": life.updated}
    found = _data_files(draft, rows, dates, described=not draft.forgets("notice")) if draft.care else []
    found += _links(draft, life, dates)
    if draft.care > 2 and rows:
        text = descriptions.notice(draft, rows)
        values = {"title": NOTICES[draft.language], "type": "documentation", **dates}
        found.append(hosted(draft.key, "description.txt", text, **values))
    rng = chance(f"downloads {draft.key}")
    for position, resource in enumerate(found):
        resource.position = position
        resource.schema_name = draft.theme.get("schema", "") if resource.format == "csv" else ""
        resource.metric_views = min(90_000, int(40 * rng.paretovariate(0.9)))
    return found


def _data_files(draft: Draft, rows: list[Row], dates: dict[str, Any], *, described: bool) -> list[Resource]:
    title = draft.text("title_file")
    return [
        hosted(
            draft.key,
            f"{normalize(title)}.{extension}",
            files.ENCODERS[extension](rows),
            title=f"{title} ({extension.upper()})",
            description=FORMATS[draft.language][extension].capitalize() + "." if described else "",
            **dates,
        )
        for extension in draft.theme["files"]
    ]


def _links(draft: Draft, life: Life, dates: dict[str, Any]) -> list[Resource]:
    """Return the links of the dataset; careless publishers only have a PDF, and it is gone."""
    title, checked = draft.text("title_file"), life.updated + timedelta(hours=2)
    wanted = draft.theme.get("remote", []) if draft.care else draft.theme.get("remote") or ["pdf", "xlsx"]
    found = [
        remote(
            draft.key,
            f"https://example.org/{draft.publisher}/{draft.key}.{extension}",
            checked=checked,
            available=bool(draft.care),
            title=f"{title} ({extension.upper()})",
            format=extension,
            **dates,
        )
        for extension in wanted
    ]
    if draft.theme.get("api") and draft.care:
        url = f"https://example.org/{draft.publisher}/api/v1/{draft.theme['key']}"
        values = {"title": INTERFACES[draft.language], "type": "api", "format": "json", **dates}
        found.append(remote(draft.key, url, checked=checked, **values))
    return found
