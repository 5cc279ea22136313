"""How to cite an object: as a sentence, in BibTeX and in CSL-JSON (citeproc).

BibTeX has no entry for data, so that `@misc` is used, as DataCite does.
"""

import json
import re
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from catalog.models import Site
from portal.lib.text import excerpt

ABSTRACT = 500  # characters
# What BibTeX hands to LaTeX, where these letters are commands.
COMMANDS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "$": r"\$",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
TYPES = {"dataset": "dataset", "reuse": "webpage", "dataservice": "software"}  # of CSL
UNSEEN = re.compile(r"[\x00-\x1f\x7f]+")


def sentence(item: Any) -> str:
    """Return the citation for people: who, when, what, where."""
    what = {"dataset": _("dataset"), "reuse": _("reuse"), "dataservice": _("dataservice")}[item._meta.model_name]
    who, moment = _who(item), _when(item)
    beginning = f"{who} ({moment.year})" if who else f"({moment.year})"
    return f"{beginning}. {one_line(item.title)} [{what}]. {Site.objects.facts()['title']}. {_where(item)}"


def bibtex(item: Any) -> str:
    """Return the citation as one entry of a BibTeX file."""
    moment = _when(item)
    fields = {
        "author": f"{{{_escaped(_who(item))}}}" if _who(item) else "",
        "title": f"{{{_escaped(one_line(item.title))}}}",
        "year": str(moment.year),
        "month": str(moment.month),
        "publisher": _escaped(Site.objects.facts()["title"]),
        "url": _where(item),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{item.slug},", *lines, "}", ""])


def csl(item: Any) -> str:
    """Return the citation as CSL-JSON, a list of one item."""
    moment = _when(item)
    fields = {
        "id": item.slug,
        "type": TYPES[item._meta.model_name],
        "title": one_line(item.title),
        "author": [{"literal": _who(item)}] if _who(item) else [],
        "issued": {"date-parts": [[moment.year, moment.month, moment.day]]},
        "publisher": Site.objects.facts()["title"],
        "abstract": excerpt(item.description, ABSTRACT),
        "URL": _where(item),
    }
    return json.dumps([{name: value for name, value in fields.items() if value}], ensure_ascii=False, indent=2) + "\n"


def one_line(text: str) -> str:
    return " ".join(UNSEEN.sub(" ", text).split())


def _who(item: Any) -> str:
    author = item.organization or item.owner
    return one_line(getattr(author, "name", "") or getattr(author, "full_name", "")) if author else ""


def _when(item: Any) -> datetime:
    """Return when what is cited last changed."""
    for name in ("last_update", "metadata_modified_at", "last_modified"):
        if getattr(item, name, None):
            return getattr(item, name)
    return item.created_at


def _where(item: Any) -> str:
    """Return an address that lasts: by the id, since the name in it may change."""
    return f"{settings.SITE_URL}/{item._meta.model_name}s/{item.pk}/"


def _escaped(text: str) -> str:
    return "".join(COMMANDS.get(letter, letter) for letter in text)


FORMS = {
    "bibtex": (bibtex, "application/x-bibtex; charset=utf-8", "bib"),
    "csl": (csl, "application/vnd.citationstyles.csl+json", "json"),
}
