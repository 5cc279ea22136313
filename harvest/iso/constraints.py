"""On what conditions: licence, and the limits to public access that the INSPIRE directive allows."""

import re
from dataclasses import dataclass, field

from harvest.dcat.vocabulary import INSPIRE_REASONS
from harvest.drafts import CommonDraft
from harvest.iso.tree import Element, Record, anchor, code, every, is_address

CODE_LISTS = "inspire.ec.europa.eu/metadata-codelist/"
ARTICLE_13 = re.compile(r"INSPIRE_Directive_Article13_1([a-h])", re.IGNORECASE)
SPOKEN_13 = re.compile(r"\barticle\s+13[\s.(]*1[\s.()]*([a-h])\b", re.IGNORECASE)
FREE = re.compile(
    r"noLimitations|pas de restriction d.acc[eè]s public|no limitations? (?:on|to) public access|"
    r"aucun des articles de la loi ne peut être invoqué",  # what Géo-IDE writes
    re.IGNORECASE,
)
UNSAID = re.compile(
    r"(?:aucune (?:condition|restriction|contrainte)|pas de (?:condition|restriction)|no conditions? appl|"
    r"conditions? (?:inconnue|unknown)|sans (?:condition|objet)|none|unknown|general)\b.{0,60}",
    re.IGNORECASE,
)
LONGEST, MOST = 2000, 20  # characters of a statement, statements of a kind
WEB = re.compile(r"https?://[^\s<>\"')\],;]+", re.IGNORECASE)


@dataclass(slots=True)
class _Found:
    """What the constraints say, in the order they say it: targets of anchors apart from texts."""

    addresses: list[str] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)  # texts about the use
    others: list[str] = field(default_factory=list)  # other texts
    limits: list[str] = field(default_factory=list)  # about public access: addresses of terms, and texts


def put_constraints(draft: CommonDraft, record: Record) -> None:
    """Give the draft the hints for its licence, its access, and the statements as they are (in `extras.dcat`)."""
    found = _Found()
    for block in every(record.identification, "resourceConstraints/*"):
        _read(record, block, found)
    licences = [one for one in (*found.addresses, *found.uses, *found.others) if not UNSAID.fullmatch(one)]
    draft.licenses = list(dict.fromkeys(one[:500] for one in licences))[:MOST]
    _put_access(draft, found)
    said = draft.extras.setdefault("dcat", {})
    statements = {
        "license": [*found.addresses, *found.uses],
        "rights": found.others,
        "accessRights": found.limits,
    }
    for name, values in statements.items():
        if values:
            said[name] = list(dict.fromkeys(one[:LONGEST] for one in values))[:MOST]


def _read(record: Record, block: Element, found: _Found) -> None:
    """Read one block: MD_Constraints, MD_LegalConstraints (of access, of use or of both), MD_SecurityConstraints."""
    if block.tag.endswith("SecurityConstraints"):
        return
    is_of_access = block.find("accessConstraints") is not None and block.find("useConstraints") is None
    for one in every(block, "useLimitation"):
        _sort(record.say(one), anchor(one), found, found.uses)
    for one in every(block, "otherConstraints"):
        _sort(record.say(one), anchor(one), found, found.others if is_of_access else found.uses)
    for one in every(block, "reference/CI_Citation"):  # ISO 19115-3: a licence is cited
        for link in every(one, "onlineResource/CI_OnlineResource/linkage"):
            _sort("", record.say(link), found, found.uses)
        _sort(record.says(one, "title"), anchor(one.find("title")), found, found.uses)
    for one in (*every(block, "useConstraints"), *every(block, "accessConstraints")):
        if code(one) in ("confidential", "private", "restricted"):
            found.limits.append(code(one))


def _sort(said: str, target: str, found: _Found, texts: list[str]) -> None:
    """Put a statement, and what it points to, where it belongs."""
    both = f"{target} {said}"
    if "LimitationsOnPublicAccess" in target or ARTICLE_13.search(both) or FREE.search(both) or SPOKEN_13.search(said):
        found.limits.append(target or said)
        if target and said and not is_address(said):
            found.limits.append(said)
        return
    if is_address(target) and CODE_LISTS not in target:
        found.addresses.append(target)
    found.addresses.extend(one.rstrip(".") for one in WEB.findall(said)[:3] if CODE_LISTS not in one)
    if said and not is_address(said) and CODE_LISTS not in target:
        texts.append(said)


def _put_access(draft: CommonDraft, found: _Found) -> None:
    """Restrict the access where a ground of article 13(1) is named, or a code says that it is."""
    for one in found.limits:
        match = ARTICLE_13.search(one) or SPOKEN_13.search(one)
        if match:
            draft.access_type = "restricted"
            draft.access_type_reason_category = INSPIRE_REASONS[match[1].lower()]
            texts = [said for said in found.limits if not is_address(said)]
            draft.access_type_reason = texts[0][:LONGEST] if texts else ""
            return
    if any(one in ("confidential", "private") for one in found.limits):
        draft.access_type = "restricted"
    elif any(FREE.search(one) for one in found.limits):
        draft.access_type = "open"
