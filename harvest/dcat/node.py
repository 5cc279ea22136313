"""Reading a record: values, texts in the best language, addresses, and what a node is called."""

from collections.abc import Iterator
from typing import Any

from harvest.mapping.text import LANGUAGES, text

LABELS = (
    "skos:prefLabel", "rdfs:label", "dct:title", "foaf:name", "schema:name", "vcard:fn", "dct:description",
    "skos:notation", "rdf:value", "vcard:hasValue",
)  # fmt: skip


class Node:
    """A thing that a record describes or names: its address, and its values by property."""

    def __init__(self, data: Any) -> None:
        self.data: dict[str, Any] = data if isinstance(data, dict) else {}

    @property
    def iri(self) -> str:
        """Its address, or "" for a blank node."""
        return text(self.data.get("@id"))

    @property
    def kinds(self) -> list[str]:
        """What it is: `dcat:Dataset`…"""
        return [one for one in self.values("@type") if isinstance(one, str)]

    def values(self, *names: str) -> list[Any]:
        """Return the values of these properties, as the record has them."""
        found: list[Any] = []
        for name in names:
            if name in self.data:
                value = self.data[name]
                found += value if isinstance(value, list) else [value]
        return found

    def literals(self, *names: str) -> list[str]:
        """Return the texts among these values, whatever their language."""
        return [found for value in self.values(*names) if not _is_node(value) and (found := text(value))]

    def text(self, *names: str) -> str:
        """Return the text of the first of these properties that has one, in the best language."""
        for name in names:
            if name in self.data and (found := best(self.values(name))):
                return found
        return ""

    def word(self, *names: str) -> str:
        """Return the first value of these properties as one word: a text, or the address of a node."""
        return next((found for value in self.values(*names) if (found := said(value))), "")

    def words(self, *names: str) -> list[str]:
        """Return every value of these properties as a word: texts, addresses of nodes."""
        return [found for value in self.values(*names) if (found := said(value))]

    def nodes(self, *names: str) -> list["Node"]:
        """Return the nodes among these values, described or only named."""
        return [Node(value) for value in self.values(*names) if _is_node(value)]

    def label(self) -> str:
        """Return what the node is called, "" if nothing tells."""
        return self.text(*LABELS)


def label_of(value: Any) -> str:
    """Return a value as people read it: the text itself, or what the node is called."""
    return Node(value).label() if _is_node(value) else text(value)


def said(value: Any) -> str:
    """Return a value as one word: a text, the address of a node, else what the node is called."""
    return (Node(value).iri or Node(value).label()) if _is_node(value) else text(value)


def best(values: list[Any]) -> str:
    """Return the text in the portal's language, else without one, else in English, else in the first."""
    if len(values) == 1 and isinstance(values[0], str):
        return text(values[0])
    found = dict(_by_language(values))
    first, *others = LANGUAGES
    for language in (first, "", *others, *sorted(found)):
        if language in found:
            return found[language]
    return ""


def in_best_language(values: list[Any]) -> list[str]:
    """Return the texts in the best language that there is, with those that have no language."""
    pairs = list(_by_language(values))
    languages = {language for language, _found in pairs if language}
    chosen = next((one for one in (*LANGUAGES, *sorted(languages)) if one in languages), "")
    return [found for language, found in pairs if language in ("", chosen)]


def _by_language(values: list[Any]) -> Iterator[tuple[str, str]]:
    """Give language (`fr` for `fr-FR`) and text, the first of a language last, so that it wins in a dict."""
    for value in reversed(values):
        if _is_node(value):
            continue
        language = value.get("@language") if isinstance(value, dict) else ""
        found = text(value)
        if found:
            yield text(language).lower().partition("-")[0], found


def _is_node(value: Any) -> bool:
    return isinstance(value, dict) and "@value" not in value
