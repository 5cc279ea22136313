"""Comparing an answer of ours with a recorded one.

Ids are the same on both sides (the objects were written from the recordings); dates, hosts and the places of pages
differ. Compared: status, media type, headers that clients read, keys and their order, values (of lists and counters,
their kinds), addresses of the API, error bodies word for word, and the header and width of CSV files.
"""

import csv
import json
import re
from collections.abc import Iterator
from io import StringIO
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings

from tests.contract.recordings import Answer, Recording

OWN_HOSTS = ("http://local.test", "http://testserver", settings.SITE_URL)
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3,6})?\+00:00")
# Objects whose keys are data, not shape.
FREE = ("extras", "ext", "_by_months", "facets")
# Values that are nobody's to repeat: when somebody signed in, the version of the software, secrets.
VOLATILE = ("last_login_at", "$.version", ".token", ".token_prefix", ".csrf_token")


# Keys of RDF that udata writes with the word "None" where there is nothing to say; types that it leaves unsaid.
UNSAID = {"description"}
EXTRA_NODES = ("foaf:Agent", "foaf:Organization", "vcard:Kind")


def compare(recorded: Recording, answer: Answer, *, exact: bool = False) -> list[str]:
    """Return the differences, one sentence each; `exact` asks for equal values too (vocabularies)."""
    if recorded.status != answer.status:
        return [f"status: {recorded.status} recorded, {answer.status} here"]
    differences = list(_headers(recorded, answer))
    media = recorded.headers.get("Content-Type", "").partition(";")[0]
    if recorded.json is not None:
        differences += _json(recorded, answer, exact=exact or is_error(recorded))
    elif media == "text/csv":
        differences += compare_csv(recorded.text or "", answer.body.decode())
    return differences


def is_error(recorded: Recording) -> bool:
    """Whether the body tells what is wrong (a 409 may also give the object as it is)."""
    body = recorded.json
    return recorded.status >= 400 and not (isinstance(body, dict) and {"id", "user"} & body.keys())


def _headers(recorded: Recording, answer: Answer) -> Iterator[str]:
    ours = {name.lower(): value for name, value in answer.headers.items()}
    forms = {
        "Content-Type": lambda value: value.partition(";")[0],
        "WWW-Authenticate": lambda value: re.sub(r'"[^"]*"', '"…"', value),
        "Content-Disposition": lambda value: re.sub(r"\d+", "0", value),
        "Location": address_form,
    }
    for name, form in forms.items():
        if name not in recorded.headers:
            continue
        theirs = form(recorded.headers[name])
        mine = form(ours[name.lower()]) if name.lower() in ours else None
        if theirs != mine:
            yield f"{name}: {theirs!r} recorded, {mine!r} here"


def address_form(value: str) -> str:
    """Return an address without the portal's host, its arguments sorted; foreign ones stay whole."""
    for host in OWN_HOSTS:
        value = value.removeprefix(host) if value.startswith(f"{host}/") else value
    parts = urlsplit(value)
    arguments = "&".join(sorted(f"{name}={text}" for name, text in parse_qsl(parts.query, keep_blank_values=True)))
    return parts._replace(query=arguments).geturl()


def _json(recorded: Recording, answer: Answer, *, exact: bool) -> list[str]:
    try:
        ours = json.loads(answer.body)
    except ValueError:
        return ["body: not JSON here"]
    if exact and recorded.json != ours:
        return [f"body: {_short(recorded.json)} recorded, {_short(ours)} here"]
    return list(compare_json(recorded.json, ours))


def compare_json(theirs: Any, ours: Any, place: str = "$") -> Iterator[str]:
    """Yield the differences of shape between two JSON values; `theirs` is the model.

    A recorded null says nothing of what else may stand there, so it agrees with anything.
    """
    if theirs is None or place.endswith(VOLATILE):
        return
    if isinstance(theirs, dict) and isinstance(ours, dict):
        yield from _objects(theirs, ours, place)
    elif isinstance(theirs, list) and isinstance(ours, list):
        yield from _lists(theirs, ours, place)
    elif "metrics" in place and place.endswith("_by_months"):  # 0 until first computed
        if ours != 0 and not isinstance(ours, dict):
            yield f"{place}: {_short(ours)} here, neither 0 nor counts by month"
    elif kind(theirs) != kind(ours):
        yield f"{place}: {kind(theirs)} recorded ({_short(theirs)}), {kind(ours)} here ({_short(ours)})"
    elif not _agree(theirs, ours, place):
        yield f"{place}: {_short(theirs)} recorded, {_short(ours)} here"


def _agree(theirs: Any, ours: Any, place: str) -> bool:
    """Tell whether two plain values of one kind agree: equal, but for dates, pages, counters and what a list varies."""
    varies = "[]" in place or "metrics" in place
    if not isinstance(theirs, str):
        return varies or theirs == ours
    if MOMENT.fullmatch(theirs):
        return bool(MOMENT.fullmatch(ours))
    if theirs.startswith("http://local.test/api/"):
        form = shape_of if varies else address_form
        return form(theirs) == form(ours) and ours.startswith("http")
    return varies or theirs.startswith(("http://front.test/", "http://local.test/")) or theirs == ours


def kind(value: Any) -> str:
    """Name the kind of a JSON value as clients tell them apart: whole and other numbers are one kind."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else "flag"
    if isinstance(value, int | float):
        return "number"
    return {str: "text", list: "list", dict: "object"}[type(value)]


def _objects(theirs: dict, ours: dict, place: str) -> Iterator[str]:
    if place.endswith(FREE):
        return
    missing, added = [key for key in theirs if key not in ours], [key for key in ours if key not in theirs]
    if missing:
        yield f"{place}: lacks {', '.join(missing)}"
    if added:
        yield f"{place}: has {', '.join(added)} too much"
    common = [key for key in theirs if key in ours]
    order = [key for key in ours if key in theirs]
    if common != order:
        first = next(theirs_key for theirs_key, ours_key in zip(common, order, strict=True) if theirs_key != ours_key)
        yield f"{place}: keys in another order, from {first} on"
    for key in common:
        yield from compare_json(theirs[key], ours[key], f"{place}.{key}")


def _lists(theirs: list, ours: list, place: str) -> Iterator[str]:
    """Every element of ours is held against theirs of the same id, else for its shape against their first."""
    if theirs and not ours:
        yield f"{place}: {len(theirs)} recorded, none here"
    known = {one["id"]: one for one in theirs if isinstance(one, dict) and "id" in one}
    for item in ours if theirs else []:
        key = item.get("id") if isinstance(item, dict) else None
        if key in known:
            yield from compare_json(known[key], item, f"{place}[{key}]")
        elif place.endswith("@graph"):
            yield from _node(theirs, item, place)
        else:
            yield from compare_json(_without_our_nulls(theirs[0], item), item, f"{place}[]")


def _node(theirs: list, item: dict, place: str) -> Iterator[str]:
    """A node of an RDF graph, which has no order: its keys are among those of some node of theirs of its types.

    What a graph says more (a territory, an acronym) is no difference: a reader of RDF takes what it knows.
    """
    models = [
        one for one in theirs if kind(one.get("@type")) == kind(item.get("@type")) and one["@type"] == item["@type"]
    ]
    if theirs and not models and item["@type"] not in EXTRA_NODES:
        yield f"{place}: no node of type {item['@type']} recorded"
    lacking = [set(one) - set(item) - UNSAID for one in models]
    if models and all(lacking):
        yield f"{place}: {item['@type']} lacks {', '.join(sorted(min(lacking, key=len)))}"


def _without_our_nulls(model: Any, item: Any) -> Any:
    """Return `model` with null where another object, `item`, has null: it need not be filled alike."""
    if not isinstance(model, dict) or not isinstance(item, dict):
        return model
    return {key: None if item.get(key, ...) is None else value for key, value in model.items()}


def shape_of(address: str) -> str:
    """Return an address with its variable parts blotted out: `/api/1/datasets/…/?page=…`."""
    parts = urlsplit(address)
    words = ["…" if place > 3 and word else word for place, word in enumerate(parts.path.split("/"))]
    names = sorted(name for name, _text in parse_qsl(parts.query, keep_blank_values=True))
    return "/".join(words) + "?" + "&".join(names)


def compare_csv(theirs: str, ours: str) -> Iterator[str]:
    """Yield the differences between two CSV files: header, width of every row, line ends."""
    first, _, rest = theirs.partition("\r\n")
    header, _, body = ours.partition("\r\n")
    if first != header:
        wanted, found = first.split(";"), header.split(";")
        lacking, more = [c for c in wanted if c not in found], [c for c in found if c not in wanted]
        yield f"header: lacks {lacking}, has {more} too much" if lacking or more else "header: another order"
    if rest and not body:
        yield "rows: none here"
    widths = {len(row) for row in csv.reader(StringIO(ours, newline=""), delimiter=";")}
    widths.add(len(first.split(";")))
    if any(one != other for one, other in pairwise(sorted(widths))):
        yield f"rows: widths {sorted(widths)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else f"{text[:299]}…"
