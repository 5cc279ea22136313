"""What may be done with the data: licences, rights, limits of access; and the raw words, kept in an extra."""

import re
from typing import Any

from harvest.dcat.node import Node, label_of, said
from harvest.dcat.vocabulary import ACCESS_RIGHTS, EU, HVD_LEGISLATION, INSPIRE_REASONS, LICENSES, last_part
from harvest.drafts import CommonDraft
from harvest.mapping.text import text

LICENSE, RIGHTS = ("dct:license", "schema:license"), ("dct:rights",)
ARTICLE = re.compile(r"(?:article|art\.?)\s*_?13\s*\(?_?1\)?\s*[(.\s_]*([a-h])\b", re.IGNORECASE)
KEPT = {  # raw words that the extra `dcat` keeps
    "license": LICENSE,
    "rights": RIGHTS,
    "accessRights": ("dct:accessRights", "dcat:accessRights"),
    "provenance": ("dct:provenance",),
    "applicableLegislation": ("dcatap:applicableLegislation",),
    "hvdCategory": ("dcatap:hvdCategory",),
    "conformsTo": ("dct:conformsTo",),
    "language": ("dct:language",),
    "version": ("dcat:version", "owl:versionInfo"),
    "versionNotes": ("adms:versionNotes",),
    "type": ("dct:type",),
    "inSeries": ("dcat:inSeries",),
    "availability": ("dcatap:availability",),
}
MOST_VALUES, LONGEST = 50, 5_000
LONGEST_REASON = 10_000


def license_hints(node: Node, distributions: list[Node]) -> list[str]:
    """Return what may name the licence, best first: licences, rights, then those of the distributions."""
    hints: list[str] = []
    for one, names in ((node, LICENSE), (node, RIGHTS), *((d, LICENSE) for d in distributions[:100])):
        for value in one.values(*names)[:MOST_VALUES]:
            hints += _hints(value)
    return [one for one in dict.fromkeys(hints) if one]


def _hints(value: Any) -> list[str]:
    """Return the address of a licence, our name for one of the EU's, what it is called."""
    node = Node(value)
    if "LimitationsOnPublicAccess" in node.iri:
        return []
    known = LICENSES.get(last_part(node.iri).upper(), "") if node.iri.startswith(f"{EU}licence/") else ""
    found = [known, text(said(value), 500), text(label_of(value), 500), *node.words("dct:identifier", "dct:type")]
    return [one[:500] for one in found if one]


def put_access(draft: CommonDraft, node: Node, distributions: list[Node]) -> None:
    """Set how open the data is: by the EU's access rights, or the article of INSPIRE that keeps it back."""
    values = node.values("dct:accessRights", "dcat:accessRights", "dct:rights", "dct:license")
    values += [one for d in distributions[:100] for one in d.values("dct:accessRights", "dct:rights")]
    words = [(said(value), label_of(value)) for value in values]
    for address, label in words:
        article = ARTICLE.search(address) or ARTICLE.search(label)
        if article:
            draft.access_type = "restricted"
            draft.access_type_reason_category = INSPIRE_REASONS[article[1].lower()]
            draft.access_type_reason = text(label if label and label != address else "", LONGEST_REASON)
            return
    for value in node.values("dct:accessRights", "schema:conditionsOfAccess"):
        found = ACCESS_RIGHTS.get(last_part(said(value)).lower())
        if found:
            draft.access_type = found
            break
    if draft.access_type and draft.access_type != "open":
        reasons = [label for value in node.values("dct:accessRights") if (label := label_of(value))]
        draft.access_type_reason = text(next((one for one in reasons if " " in one), ""), LONGEST_REASON)


def is_hvd(node: Node) -> bool:
    """Tell whether it falls under the regulation on high-value datasets."""
    laws = node.words("dcatap:applicableLegislation")
    return bool(node.values("dcatap:hvdCategory")) or any(part in law for law in laws for part in HVD_LEGISLATION)


def raw_words(node: Node, distributions: list[Node]) -> dict[str, list[str]]:
    """Return the raw words behind what was mapped, for the extra `dcat`."""
    found = {key: _words(node, names) for key, names in KEPT.items()}
    for key in ("license", "rights", "accessRights"):
        for one in distributions[:100]:
            found[key] += [word for word in _words(one, KEPT[key]) if word not in found[key]]
    return {key: words[:MOST_VALUES] for key, words in found.items() if words}


def _words(node: Node, names: tuple[str, ...]) -> list[str]:
    return [
        word for value in node.values(*names)[:MOST_VALUES] if (word := text(label_of(value) or said(value), LONGEST))
    ]
