"""A catalogue in a spreadsheet, saved as CSV: one row a file, several rows a dataset.

For a town without a portal: it fills in the sheet, puts the CSV somewhere on its site, and harvests that address.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harvest.backends.base import Backend, Json, Option, Page
from harvest.backends.csv_columns import chosen_columns
from harvest.backends.csv_records import record_of
from harvest.backends.csv_tables import DELIMITERS, Groups, Table, cell, rows_of, table_of
from harvest.drafts import DatasetDraft, ResourceDraft
from harvest.errors import ConfigInvalid, ItemInvalid, ItemSkipped
from harvest.mapping import contacts, dates, files, formats
from harvest.mapping.frequencies import frequency
from harvest.mapping.names import extras, file_name
from harvest.mapping.tags import split, tags
from harvest.mapping.text import markdown, text, title
from harvest.mapping.urls import MAX_RESOURCE_URL, is_uri, web_address

SIZE = 200  # datasets of a page
NO = frozenset(["", "0", "false", "faux", "non", "no", "n"])
TYPES = frozenset(["main", "documentation", "update", "api", "code", "other"])
DELIMITER_NAMES = {"tab": "\t", "\\t": "\t", "tabulation": "\t", "semicolon": ";", "point-virgule": ";", "comma": ",",
                   "virgule": ","}  # fmt: skip


class CsvManifestBackend(Backend):
    """A CSV file that lists datasets and their files."""

    name = "csv"
    label = "CSV"
    settings = (
        Option(
            "columns",
            gettext_lazy("Columns"),
            gettext_lazy("Which header means what, where it is not understood: dataset.title = Label; url = Link"),
        ),
        Option("delimiter", gettext_lazy("Delimiter"), gettext_lazy("What separates the cells, if not found.")),
        Option("encoding", gettext_lazy("Encoding"), gettext_lazy("The encoding of the file, if not found.")),
    )
    version = 1
    volatile = frozenset(["lines", "notes"])

    # --- Listing -------------------------------------------------------------------------------------------------

    def pages(self, cursor: Json = None) -> Iterator[Page]:
        """Give the datasets in the order in which they appear; the cursor tells how many were given."""
        given = int((cursor or {}).get("given", 0))
        chosen, delimiter, encoding = self.chosen()
        with self.client.download(self.url, accept="text/csv, */*;q=0.5") as file, Groups() as groups:
            table = table_of(file, encoding=encoding, delimiter=delimiter, chosen=chosen)
            failures = []
            for row in rows_of(file, table):
                name = cell(row, table.header)
                if name:
                    groups.add(name, row)
                elif len(failures) < 1000:
                    failures.append(("", _("Line %(line)d: no identifier of a dataset.") % {"line": row[0]}))
            yield from self._pages(groups, table, given, failures if given == 0 else [])

    def _pages(self, groups: Groups, table: Table, given: int, failures: list[tuple[str, str]]) -> Iterator[Page]:
        page = Page([], None, groups.count, failures=failures)
        for rows in groups.after(given):
            if len(page.records) == SIZE:
                page.next_cursor = {"given": given}
                yield page
                page = Page([], None, groups.count)
            record, failure = record_of(rows, table.header)
            given += 1
            if failure:
                page.failures.append((record["id"], failure))
            else:
                page.records.append(record)
        yield page

    def chosen(self) -> tuple[dict[str, str], str, str]:
        """Return the columns, the delimiter and the encoding that the source sets. Raises ConfigInvalid."""
        columns, wrong = chosen_columns(self.config.settings.get("columns"))
        if wrong:
            raise ConfigInvalid(_("This is no column: %(text)s") % {"text": wrong[0][:200]}, field="columns")
        delimiter = str(self.config.settings.get("delimiter") or "")
        delimiter = DELIMITER_NAMES.get(delimiter.strip().lower(), delimiter.strip() or delimiter[:1])
        if delimiter and (len(delimiter) > 1 or delimiter not in (*DELIMITERS, ":", "~", "^", " ")):
            raise ConfigInvalid(_("This is no delimiter: %(text)s") % {"text": delimiter[:20]}, field="delimiter")
        return columns, delimiter, text(self.config.settings.get("encoding"), 50)

    # --- Mapping -------------------------------------------------------------------------------------------------

    def identify(self, raw: Json) -> str:
        """Return the identifier that the rows of a dataset share."""
        found = text(raw.get("id")) if isinstance(raw, dict) else ""
        if not found:
            raise ItemInvalid(_("The dataset has no identifier."))
        return found

    def map(self, raw: Json) -> DatasetDraft:
        """Return the draft of a dataset; what is private or archived is skipped."""
        said: dict[str, str] = raw["dataset"]
        if text(said.get("dataset.private")).lower() not in NO:
            raise ItemSkipped(_("The dataset is private."))
        if text(said.get("dataset.archived")).lower() not in NO:
            raise ItemSkipped(_("The dataset is archived."))
        draft = _dataset(raw["id"], said)
        for note in raw.get("notes", []):
            draft.warn(note)
        for one, line in zip(raw["resources"], raw["lines"], strict=False):
            resource = _resource(one)
            if resource:
                draft.resources.append(resource)
            else:
                draft.warn(_("Line %(line)d: the address of the file cannot be used.") % {"line": line})
        if not draft.title and draft.resources:
            draft.title = draft.resources[0].title
        draft.extras.update(extras(raw.get("extras", {}).items()))
        return draft


def _dataset(name: str, said: dict[str, str]) -> DatasetDraft:
    draft = DatasetDraft(
        title=title(said.get("dataset.title")),
        acronym=title(said.get("dataset.acronym"), 100),
        description=markdown(said.get("dataset.description")),
        remote_id=name,
        remote_url=web_address(said.get("dataset.url")) or web_address(name),
        uri=name if is_uri(name) else "",
        licenses=[hint] if (hint := text(said.get("dataset.license"), 500)) else [],
        tags=tags([*split(said.get("dataset.tags"), ",;|"), *split(said.get("dataset.theme"), ",;|")]),
        contacts=contacts.distinct(
            [
                contacts.contact(said.get("dataset.contact_name"), said.get("dataset.contact_email")),
                contacts.contact(said.get("dataset.organization"), as_role="publisher"),
            ]
        ),
        issued_at=dates.moment(said.get("dataset.created_at")),
        modified_at=dates.moment(said.get("dataset.modified")),
        frequency=frequency(said.get("dataset.frequency")),
        zones=split(said.get("dataset.spatial"), ",;|")[:50],
        granularity=text(said.get("dataset.granularity"), 50),
    )
    first, last = said.get("dataset.temporal_start"), said.get("dataset.temporal_end")
    whole = dates.period_of(said.get("dataset.temporal"))
    draft.temporal_start, draft.temporal_end = dates.period(first, last) if first else whole
    for column, value in (
        ("dataset.frequency", draft.frequency),
        ("dataset.modified", draft.modified_at),
        ("dataset.created_at", draft.issued_at),
        ("dataset.temporal_start", draft.temporal_start),
    ):
        if said.get(column) and value is None:
            note = _("This value cannot be read (%(column)s): %(value)s")
            draft.warn(note % {"column": column, "value": text(said[column], 100)})
    return draft


def _resource(said: dict[str, str]) -> ResourceDraft | None:
    address = web_address(said.get("url"), limit=MAX_RESOURCE_URL)
    if not address:
        return None
    kind, value = files.checksum(said.get("checksum.value"), said.get("checksum.type"))
    stated = text(said.get("type"), 50).lower()
    return ResourceDraft(
        url=address,
        title=title(said.get("title")) or file_name(address),
        description=markdown(said.get("description")),
        remote_id=text(said.get("id"), 255),
        format=formats.format_of(split(said.get("format")), said.get("mime"), address),
        mime=formats.mime_of(said.get("mime")),
        type=stated if stated in TYPES else "main",
        filesize=files.size(said.get("filesize")),
        checksum_type=kind,
        checksum_value=value,
        schema_name=text(said.get("schema"), 255),
        created_at=dates.moment(said.get("created_at")),
        modified_at=dates.moment(said.get("modified")),
    )
