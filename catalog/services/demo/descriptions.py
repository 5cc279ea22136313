"""Descriptions of datasets: from one line to a page of Markdown, as careful as their publisher is."""

from catalog.services.demo import tables
from catalog.services.demo.plan import Draft
from catalog.services.demo.tables import Row

WORDS = {
    "fr": {
        "content": "Contenu", "field": "Champ", "type": "Type", "example": "Exemple", "method": "Méthode",
        "care": "Précautions d'emploi", "links": "Liens", "site": "Site du producteur", "change": "Historique",
        "text": "texte", "number": "nombre", "date": "date",
        "cares": "Les valeurs manquantes sont laissées vides.|Les fichiers sont en UTF-8, le séparateur est la virgule."
        "|Citez le producteur et la date de mise à jour.",
        "note": "Catalogue de démonstration : ces données sont inventées.",
        "changed": "Ajout de nouvelles lignes et correction des valeurs signalées dans les discussions.",
    },
    "en": {
        "content": "Content", "field": "Field", "type": "Type", "example": "Example", "method": "Method",
        "care": "Before you use it", "links": "Links", "site": "Publisher's website", "change": "History",
        "text": "text", "number": "number", "date": "date",
        "cares": "Missing values are left empty.|Files are in UTF-8, separated by commas."
        "|Please quote the publisher and the date of the last update.",
        "note": "Demonstration catalogue: these data are invented.",
        "changed": "New rows, and corrections of what readers reported in the discussions.",
    },
}  # fmt: skip
KIND_NAMES = {"decimal": "number", "integer": "number", "rank": "number", "latitude": "number", "longitude": "number"}
KIND_NAMES |= {"day": "date", "hour": "date", "month": "date"}


def describe(draft: Draft, rows: list[Row], *, care: int) -> str:
    """Return the description. `care` goes from 0 (one line) to 3 (content, method, cautions and links)."""
    if care == 0:
        return draft.text("title_file") + "."
    words = WORDS[draft.language]
    parts = [draft.text("text")]
    if care > 2 and rows:
        parts += [f"## {words['content']}", _content(draft, rows[0], words)]
    if care > 1 and draft.theme["method"]:
        parts += [f"## {words['method']}", draft.text("method")]
    if care > 2:
        cares = "\n".join(f"- {line}" for line in words["cares"].split("|"))
        site = f"https://{draft.publisher}.example.org/"
        parts += [f"## {words['care']}", cares, f"## {words['links']}", f"- [{words['site']}]({site})"]
    return "\n\n".join([*parts, f"*{words['note']}*"])


def _content(draft: Draft, row: Row, words: dict[str, str]) -> str:
    """Return the table of the fields, with an example of each."""
    lines = [f"| {words['field']} | {words['type']} | {words['example']} |", "|---|---|---|"]
    for column in draft.columns:
        name, kind, _arguments = tables.parse(column)
        lines.append(f"| `{name}` | {words[KIND_NAMES.get(kind, 'text')]} | {row[name]} |")
    return "\n".join(lines)


def notice(draft: Draft, rows: list[Row]) -> str:
    """Return the text of the documentation file that goes with the data."""
    title = draft.text("title")
    return f"{title}\n{'=' * len(title)}\n\n{describe(draft, rows, care=3)}\n"
