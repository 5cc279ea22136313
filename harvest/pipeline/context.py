"""What a run needs at each batch, loaded once: the source, its backend, licences, territories, contact points, tags."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from catalog.models import ContactPoint, GeoZone, License, Tag, TagAlias
from harvest.backends import backend_of
from harvest.backends.base import Backend, Config, Filter
from harvest.client import Client
from harvest.drafts import ContactDraft
from harvest.errors import ConfigInvalid
from harvest.mapping.licenses import LicenseFacts, Licenses
from harvest.mapping.text import text
from harvest.mapping.urls import domain_of
from harvest.models import Source
from portal.lib.slugs import normalize

CACHED = 20_000  # entries of a cache, beyond which it is emptied: constant memory
ContactKey = tuple[str, str, str, str]


@dataclass
class Context:
    """One run (or preview) of one source. `now` is when it began: the same for all that it writes."""

    source: Source
    backend: Backend
    job_id: str = ""
    now: datetime = field(default_factory=timezone.now)
    writes: bool = True  # a preview makes neither tags nor contact points
    key: str = ""  # of what the memory of the source holds good for: backend, address, settings

    def __post_init__(self) -> None:
        self.mapper = f"{self.source.backend}:{self.backend.version}:{settings.VERSION}"[:64]
        self.domain = domain_of(self.source.url)
        self.licenses = load_licenses()
        self.zones = Zones()
        self.contacts: dict[ContactKey, str] = {}
        self.new_contacts: list[str] = []
        self.tags: dict[str, int] = {}
        self.aliases = dict(TagAlias.objects.order_by().values_list("name", "tag__name"))

    def clock(self) -> datetime:
        """Return the time it is."""
        return timezone.now()

    @property
    def owner(self) -> dict[str, Any]:
        """The owner of what the source makes, as columns."""
        return {"organization_id": self.source.organization_id, "owner_id": self.source.owner_id}

    def owns(self, item: Any) -> bool:
        """Tell whether the object belongs to whom the source does."""
        return (item.organization_id, item.owner_id) == (self.source.organization_id, self.source.owner_id)

    def tag_names(self, names: Iterable[str]) -> list[str]:
        """Return the names of the tags that these names lead to, sorted, each once."""
        return sorted({self.aliases.get(name, name) for name in names})

    def tag_ids(self, names: Iterable[str]) -> dict[str, int]:
        """Return the ids of tags by name, made where missing."""
        return _cached(
            self.tags, names, lambda missing: {name: tag.pk for name, tag in Tag.objects.by_name(missing).items()}
        )

    def contact_ids(self, drafts: Iterable[ContactDraft]) -> dict[ContactKey, str]:
        """Return the ids of the source's owner's contact points, made where missing."""
        return _cached(self.contacts, map(key_of, drafts), self._load_contacts)

    def _load_contacts(self, wanted: list[ContactKey]) -> dict[ContactKey, str]:
        rows = ContactPoint.objects.filter(**self.owner, name__in={key[0] for key in wanted}).order_by("-pk")
        found = {(one.name, one.email, one.contact_form, one.role): one.pk for one in rows}
        missing = [key for key in wanted if key not in found] if self.writes else []
        made = ContactPoint.objects.bulk_create(
            ContactPoint(**self.owner, name=name, email=email, contact_form=form, role=role)
            for name, email, form, role in missing
        )
        self.new_contacts += [one.pk for one in made]
        made_by_key = {key: one.pk for key, one in zip(missing, made, strict=True)}
        return {key: pk for key, pk in {**found, **made_by_key}.items() if key in set(wanted)}

    def forget_new(self) -> None:
        """Forget the contact points made for a batch that is begun anew."""
        if self.new_contacts:
            self.forget()

    def forget(self) -> None:
        """Forget what was made in a transaction that was rolled back."""
        self.contacts.clear()
        self.tags.clear()
        self.new_contacts.clear()


def key_of(draft: ContactDraft) -> ContactKey:
    return draft.name, draft.email, draft.contact_form, draft.role


def _cached(cache: dict, keys: Iterable, load: Any) -> dict:
    wanted = list(dict.fromkeys(keys))
    if len(cache) > CACHED:
        cache.clear()
    missing = [key for key in wanted if key not in cache]
    if missing:
        cache.update(load(missing))
    return {key: cache[key] for key in wanted if key in cache}


class Zones:
    """Finds the territories that hints name."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}  # hint -> id, or "" for none

    def load(self, hints: Iterable[str]) -> None:
        """Look the unknown ones of these hints up, in one query."""
        if len(self.known) > CACHED:
            self.known.clear()
        missing = {hint for hint in hints if hint not in self.known}
        if not missing:
            return
        ids = {GeoZone.canonical_id(hint): hint for hint in missing}
        slugs = {normalize(hint): hint for hint in missing}
        query = Q(pk__in=ids) | Q(uri__in=[hint for hint in missing if "://" in hint]) | Q(slug__in=slugs)
        rows = list(GeoZone.objects.filter(query | Q(name__in=missing)).values_list("pk", "uri", "slug", "name"))
        for hint in missing:
            self.known[hint] = self._choose(hint, rows)

    @staticmethod
    def _choose(hint: str, rows: list[tuple[str, str, str, str]]) -> str:
        exact = [pk for pk, uri, _slug, _name in rows if pk == GeoZone.canonical_id(hint) or (uri and uri == hint)]
        named = {pk for pk, _uri, slug, name in rows if name == hint or slug == normalize(hint)}
        if exact:
            return exact[0]
        return named.pop() if len(named) == 1 else ""

    def ids(self, hints: Iterable[str]) -> list[str]:
        """Return the ids of the territories found, each once."""
        return sorted({found for hint in hints if (found := self.known.get(hint, ""))})


def load_licenses() -> Licenses:
    """Return the licences of the portal, ready for guessing."""
    return Licenses(
        [
            LicenseFacts(one.pk, one.title, one.url, tuple(one.alternate_urls), tuple(one.alternate_titles))
            for one in License.objects.exclude(pk=License.NOT_SPECIFIED)
        ]
    )


def config_of(source: Source) -> Config:
    """Return what a source sets, in the form that backends read. What is malformed is left out."""
    raw = source.config if isinstance(source.config, dict) else {}
    filters = tuple(
        Filter(text(one.get("key")), one.get("value"), one.get("type") == "exclude")
        for one in raw.get("filters") or []
        if isinstance(one, dict)
    )
    features = raw.get("features") if isinstance(raw.get("features"), dict) else {}
    pairs = raw.get("extra_configs") or []
    chosen = {text(one.get("key")): one.get("value") for one in pairs if isinstance(one, dict)}
    return Config(filters, {key: value is True for key, value in features.items()}, chosen)


def backend_for(source: Source, *, tick: Any = lambda: None, memory: dict[str, Any] | None = None) -> Backend:
    """Return the backend of a source, with its client. Raises ConfigInvalid if it is not here."""
    kind = backend_of(source.backend)
    if kind is None or kind.pages is Backend.pages:
        raise ConfigInvalid(f"The harvester {source.backend} is not installed.", field="backend")
    memory = memory if memory is not None else {}
    client = Client(
        source.url,
        headers=kind.headers,
        key=text(source.config.get("apikey") if isinstance(source.config, dict) else ""),
        key_header=kind.key_header,
        validators=memory.setdefault("validators", {}),
        tick=tick,
    )
    return kind(source.url, config_of(source), client, memory.setdefault("backend", {}))
