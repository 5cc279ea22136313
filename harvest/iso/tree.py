"""A record of ISO 19115 as a tree without namespaces, and the reading of its texts, codes and links.

ISO 19139 (`gmd:`, `gmi:`, `srv:`, and profiles such as `che:`) and ISO 19115-3 (`mdb:`, `mri:`, `cit:`…) spread
the same names over other namespaces: without them, one mapper reads both.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from lxml import etree

from harvest.errors import ItemInvalid, ItemSkipped, ListingFailed
from harvest.mapping.text import text
from harvest.parsing import parse_xml

ROOTS = frozenset(["MD_Metadata", "MI_Metadata", "CHE_MD_Metadata"])
HREF = "{http://www.w3.org/1999/xlink}href"
TITLE = "{http://www.w3.org/1999/xlink}title"
WANTED = ("fr", "en")  # languages, best first, where the record's own is neither
LANGUAGES = {"fre": "fr", "fra": "fr", "eng": "en"}  # ISO 639-2 to what `WANTED` says
MOST = 500  # of anything repeated in one record: keywords, links, boxes

Element = etree._Element


def parse_record(raw: str, *, bare: bool = True) -> Element:
    """Return the root of a record (its XML as text), `bare` of namespaces. Raises ItemInvalid."""
    if not isinstance(raw, str):
        raise ItemInvalid(_("The record is no XML."))
    try:
        root = parse_xml(raw.encode("utf-8", "replace"))
    except ListingFailed as error:
        raise ItemInvalid(str(error.message)) from error
    return without_namespaces(root) if bare else root


def without_namespaces(root: Element) -> Element:
    """Take the namespaces of all elements away, in place; those of attributes stay."""
    for element in root.iter(etree.Element):
        element.tag = element.tag.rpartition("}")[2]
    return root


class Record:
    """A record: its root, its language, its identification (that of the dataset or service)."""

    def __init__(self, root: Element) -> None:
        """Raises ItemSkipped if the root is no metadata of ISO 19115."""
        if root.tag not in ROOTS and root.get("{http://www.isotc211.org/2005/gco}isoType", "")[-11:] != "MD_Metadata":
            raise ItemSkipped(_("The record is no metadata of ISO 19115, but %(tag)s.") % {"tag": str(root.tag)[:100]})
        self.root = root
        self.locales = dict(_locales(root))
        self.language = _language(root)
        self.identification: Element = _identification(root)

    def say(self, element: Element | None) -> str:
        """Return the text of an element: in French, else in the record's language, else in English, else the first."""
        if element is None:
            return ""
        own = own_text(element)
        if own and self.language == WANTED[0]:
            return own
        others = {}
        for one in element.iterfind("PT_FreeText/textGroup/LocalisedCharacterString"):
            name = one.get("locale", "").lstrip("#").lower()
            others.setdefault(self.locales.get(name, LANGUAGES.get(name, name)), text(one.text))
        if others.get(WANTED[0]):
            return others[WANTED[0]]
        return own or others.get(WANTED[1]) or next(filter(None, others.values()), "")

    def says(self, parent: Element | None, path: str) -> str:
        """Return the text of the first element at `path` that has one."""
        return next(filter(None, (self.say(one) for one in every(parent, path))), "")

    @property
    def scope(self) -> str:
        """What is described: `dataset`, `series`, `service`…; a dataset where nothing is said."""
        paths = ("hierarchyLevel", "metadataScope/MD_MetadataScope/resourceScope", "metadataScope/MD_Scope/level")
        found = [code(one) for path in paths for one in every(self.root, path)]
        known = [one for one in found if one]
        if not known:
            return "service" if self.identification.tag == "SV_ServiceIdentification" else "dataset"
        return known[0]

    @property
    def record_id(self) -> str:
        """The identifier of the metadata itself."""
        return (
            own_text(self.root.find("fileIdentifier"))
            or self.says(self.root, "metadataIdentifier/MD_Identifier/code")
            or self.says(self.root, "metadataIdentifier/RS_Identifier/code")
            or text(self.root.get("uuid"))
        )

    @property
    def identifiers(self) -> list[str]:
        """The identifiers of what is described, in their order: `codeSpace/code` where there is a space of names."""
        found = []
        for one in every(self.identification, "citation/CI_Citation/identifier/*"):
            name = identifier(one)
            if name and name not in found:
                found.append(name)
        return found


def every(parent: Element | None, path: str) -> Iterator[Element]:
    """Give the elements at `path` under `parent`, at most 500."""
    if parent is None:
        return
    for number, element in enumerate(parent.iterfind(path)):
        if number >= MOST:
            return
        yield element


def own_text(element: Element | None) -> str:
    """Return the text of an element in the record's own language: CharacterString, Anchor, file name, URL…, or bare."""
    if element is None:
        return ""
    for child in element:
        if child.tag != "PT_FreeText":
            return text(child.text) or text(child.get(TITLE)) or text(child.get("codeListValue"))
    return text(element.text)


def anchor(element: Element | None) -> str:
    """Return where the text of an element points to (`gmx:Anchor`, `gcx:Anchor`), or ""."""
    if element is None:
        return ""
    child = element.find("Anchor")
    return text(child.get(HREF)) if child is not None else text(element.get(HREF))


def code(element: Element | None) -> str:
    """Return a code of a code list: its value, else its text, without what precedes the last `/`, `#` or `_`."""
    child = next(iter(element), None) if element is not None else None
    if child is None:
        return text(element.text, 200) if element is not None else ""
    found = text(child.get("codeListValue"), 200) or text(child.text, 200)
    return found.rpartition("/")[2].rpartition("#")[2].strip()


def identifier(element: Element) -> str:
    """Return an MD_Identifier or RS_Identifier as one text.

    An address is one by itself, as text or as the target of an anchor. Else `codeSpace/code` if the space of names is
    an address or ends with a slash (as INSPIRE wants, and as SEMIC's stylesheet does), else the code.
    """
    target, name = anchor(element.find("code")), own_text(element.find("code"))
    space = own_text(element.find("codeSpace"))
    if is_address(name):
        return name
    if is_address(target):
        return target
    if name and (is_address(space) or space.endswith("/")):
        return f"{space.rstrip('/')}/{name}"
    return name


def is_address(value: str) -> bool:
    """Tell whether a text is an address of the web."""
    return value.lower().startswith(("http://", "https://"))


def _locales(root: Element) -> Iterator[tuple[str, str]]:
    """Give the ids by which translations name their language, lower case, with that language."""
    for path in ("locale/PT_Locale", "otherLocale/PT_Locale", "defaultLocale/PT_Locale"):
        for one in every(root, path):
            named = code(one.find("languageCode")) or code(one.find("language"))
            if one.get("id"):
                yield one.get("id", "").lower(), _short(named)


def _language(root: Element) -> str:
    for path in ("language", "defaultLocale/PT_Locale/language"):
        found = root.find(path)
        if found is not None:
            return _short(code(found) or own_text(found))
    return ""


def _short(language: str) -> str:
    found = language.strip().lower()
    return LANGUAGES.get(found, found)


def _identification(root: Element) -> Element:
    """Return the first identification. Raises ItemSkipped if there is none."""
    for found in every(root, "identificationInfo/*"):
        return found
    raise ItemSkipped(_("The record identifies nothing (no identificationInfo)."))
