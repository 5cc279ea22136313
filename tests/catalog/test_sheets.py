"""Datasets edited in a spreadsheet: taken away, brought back, compared, applied, taken back."""

import csv
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from reversion.models import Version

from catalog.models import AuditEntry, BulkJob, Dataset, Sheet, SheetLine, TagAlias
from catalog.services.bulk import imports, jobs, running
from catalog.services.sheets import columns, reading
from portal.lib.errors import ServiceError
from portal.services.account import delete_account
from tests.catalog import factories

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize
PAGE, EXPORT = "/admin/catalog/dataset/sheet/", "/admin/catalog/dataset/sheet.csv"


@pytest.fixture
def dataset():
    return factories.DatasetFactory(title="Air", tags=["air", "no2"], frequency="daily", temporal_start="2024-01-01")


def exported(client, query: str = "") -> list[dict[str, str]]:
    response = client.get(EXPORT + query)
    assert response.status_code == 200
    text = b"".join(response.streaming_content).decode()
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def written(rows: list[dict[str, str]], separator: str = ";", encoding: str = "utf-8") -> bytes:
    out = StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def bring(client, body: bytes):
    return client.post(PAGE, {"file": SimpleUploadedFile("edited.csv", body)})


def apply(client, **sent) -> BulkJob:
    client.post(reverse("admin:catalog_dataset_sheet_lines", args=[Sheet.objects.latest("pk").pk]), sent)
    return BulkJob.objects.latest("pk")


def test_what_is_brought_back_as_it_was_changes_nothing(admin_client, dataset):
    bring(admin_client, written(exported(admin_client)))
    sheet = Sheet.objects.get()
    assert (sheet.lines, sheet.unchanged, sheet.rows.count()) == (1, 1, 0)


@each("body", [b"id;mark;title\na;b;c\n", b"id;mark;title\na;b;" + b"x" * 300_000])
def test_the_limit_of_a_cell_is_left_as_others_had_it(body):
    before = csv.field_size_limit()
    try:
        list(reading.read(body).lines)
    except ServiceError:
        assert len(body) > 200_000
    assert csv.field_size_limit() == before


def test_tags_that_are_spelled_otherwise_stay_as_they_are(admin_client, dataset):
    dataset.tags.add(factories.TagFactory(name="santé"))
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "tags": f"{row['tags']}, Eau potable"}]))
    assert SheetLine.objects.get().wanted == {"tags": ["air", "eau-potable", "no2", "santé"]}


def test_a_tag_that_was_merged_is_written_as_what_it_leads_to(admin_client, dataset):
    water = factories.TagFactory(name="water")
    TagAlias.objects.create(name="eau", tag=water)
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "tags": "eau"}]))
    assert SheetLine.objects.get().wanted == {"tags": ["water"]}


def test_long_texts_are_compared_word_by_word(admin_client, dataset):
    long = "A word after another. " * 20
    Dataset.objects.filter(pk=dataset.pk).update(description=long.strip())
    (row,) = exported(admin_client)
    response = bring(admin_client, written([{**row, "description": f"{row['description']} More <b>."}]))
    page = admin_client.get(response["Location"]).content.decode()
    assert "<ins>" in page
    assert "More &lt;b&gt;" in page


@each(("separator", "encoding"), [
    (";", "utf-8-sig"), (",", "utf-8"), ("\t", "utf-16"), (";", "cp1252"), ("|", "utf-8"),
])  # fmt: skip
def test_a_file_of_any_spreadsheet_is_compared_and_applied(admin_client, dataset, separator, encoding):
    (row,) = exported(admin_client)
    row |= {"title": "Qualité de l’air", "tags": "NO2, été", "license": "LOV2", "temporal_end": "31/12/2025"}
    response = bring(admin_client, written([row], separator, encoding))
    page = admin_client.get(response["Location"]).content.decode()
    assert "Qualité de l’air" in page
    assert "ete, no2" in page
    dataset.refresh_from_db()
    assert dataset.title == "Air"  # nothing changes before it is applied
    job = apply(admin_client, audit_comment="Spring cleaning")
    assert (job.done, job.refused) == (1, 0)
    dataset.refresh_from_db()
    found = columns.current(Dataset.objects.prefetch_related("tags").get(pk=dataset.pk))
    assert (found["title"], found["tags"], found["license"]) == ("Qualité de l’air", ["ete", "no2"], "lov2")
    assert (found["temporal_start"], found["temporal_end"]) == ("2024-01-01", "2025-12-31")
    assert found["frequency"] == "daily"


def test_each_dataset_has_its_audit_row_and_its_revision(admin_client, dataset):
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "title": "New"}]))
    apply(admin_client)
    entry = AuditEntry.objects.get(kind="Dataset")
    assert (entry.object_id, entry.changes) == (dataset.pk, ["title"])
    assert Version.objects.filter(object_id=dataset.pk).exists()


def test_only_the_chosen_columns_and_the_filtered_rows_go_out(admin_client, dataset):
    factories.DatasetFactory(draft=True)
    rows = exported(admin_client, "?columns=title&columns=tags&state=published")
    assert [list(row) for row in rows] == [["id", "title", "tags", "mark"]]


def test_what_somebody_changed_since_is_a_conflict_and_left_alone(admin_client, dataset):
    (row,) = exported(admin_client)
    Dataset.objects.filter(pk=dataset.pk).update(title="Theirs", acronym="T")
    bring(admin_client, written([{**row, "title": "Mine", "frequency": "weekly"}]))
    sheet = Sheet.objects.get()
    assert imports.counts(sheet)["conflicts"] == 1
    page = admin_client.get(reverse("admin:catalog_dataset_sheet_lines", args=[sheet.pk])).content.decode()
    assert page.count("Conflict: changed since the export") == 1
    apply(admin_client)
    dataset.refresh_from_db()
    assert (dataset.title, dataset.acronym, dataset.frequency) == ("Theirs", "T", "weekly")


def test_a_conflict_is_overwritten_on_demand(admin_client, dataset):
    (row,) = exported(admin_client)
    Dataset.objects.filter(pk=dataset.pk).update(title="Theirs")
    bring(admin_client, written([{**row, "title": "Mine"}]))
    apply(admin_client, overwrite="1")
    dataset.refresh_from_db()
    assert dataset.title == "Mine"


def test_a_change_between_the_page_and_the_job_is_a_conflict_too(admin_client, dataset):
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "title": "Mine"}]))
    Dataset.objects.filter(pk=dataset.pk).update(title="Theirs")
    assert apply(admin_client).unchanged == 1
    dataset.refresh_from_db()
    assert dataset.title == "Theirs"


def test_it_is_taken_back_but_for_what_somebody_changed_since(admin_client, dataset, admin_user):
    other = factories.DatasetFactory(title="Other", tags=["one"])
    rows = [{**row, "title": f"{row['title']} new", "tags": "two"} for row in exported(admin_client)]
    bring(admin_client, written(rows))
    job = apply(admin_client)
    assert job.done == 2
    Dataset.objects.filter(pk=other.pk).update(title="Later")
    back = jobs.undo(job, by=admin_user)
    running.run(back.pk)
    back.refresh_from_db()
    assert (back.done, back.refused) == (1, 1)
    dataset.refresh_from_db()
    other.refresh_from_db()
    assert (dataset.title, other.title) == ("Air", "Later")
    assert {tag.name for tag in dataset.tags.all()} == {"air", "no2"}


def test_a_file_is_applied_once(admin_client, dataset):
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "title": "New"}]))
    first = apply(admin_client)
    assert apply(admin_client) == first


@each(("changes", "words"), [
    ({"id": "f" * 24}, "no such dataset"),
    ({"id": "<script>"}, "no such dataset"),
    ({"mark": "title:zz"}, "mark of the line"),
    ({"title": " "}, "empty"),
    ({"title": "x" * 351}, "350 characters"),
    ({"license": "none of ours"}, "no licence"),
    ({"frequency": "often"}, "no frequency"),
    ({"temporal_start": "some day"}, "no date"),
    ({"temporal_end": "2020-01-01"}, "ends before"),
    ({"temporal_start": "", "temporal_end": "2020-01-01"}, "needs a beginning"),
])  # fmt: skip
def test_a_bad_line_says_why_and_stops_no_other(admin_client, dataset, changes, words):
    good = factories.DatasetFactory(title="Good")
    rows = [
        {**row, **({"title": "Better"} if row["id"] == good.pk else changes)} for row in exported(admin_client)
    ]  # fmt: skip
    response = bring(admin_client, written(rows))
    assert words in SheetLine.objects.exclude(error="").get().error
    page = admin_client.get(f"{response['Location']}?show=errors").content.decode()
    assert words in page
    assert "<script>" not in page.partition('id="content-main"')[2]
    assert apply(admin_client).done == 1
    good.refresh_from_db()
    assert good.title == "Better"


def test_a_dataset_on_two_lines_is_changed_by_the_first(admin_client, dataset):
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "title": "One"}, {**row, "title": "Two"}]))
    apply(admin_client)
    dataset.refresh_from_db()
    assert dataset.title == "One"


@each("title", ["=1+1", "+33 1", "-5 °C", "@home", "'quoted'"])
def test_no_cell_is_a_formula_and_what_looks_like_one_comes_back_whole(admin_client, dataset, title):
    Dataset.objects.filter(pk=dataset.pk).update(title=title)
    (row,) = exported(admin_client)
    assert not row["title"].startswith(("=", "+", "-", "@"))
    bring(admin_client, written([row]))
    assert not SheetLine.objects.exists()


@each(("body", "words"), [
    (b"title;mark\nA;b\n", "columns"), (b"id;mark\nA;b\n", "none of the columns"), (b"", "empty"), (b"\n\n", "columns"),
    (b"id;mark;title\n", "no lines"), (b'id;mark;title\nx;y;"' + b"a" * 200_001 + b'"\n', "can&#x27;t be read"),
    (b"\xff\xfe\x00", "columns"),
])  # fmt: skip
def test_a_file_that_is_none_of_ours_is_refused_with_the_reason(admin_client, body, words):
    response = bring(admin_client, body)
    assert response.status_code == 200
    assert words in response.content.decode()
    assert not Sheet.objects.exists()


def test_large_files_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(ServiceError):
        reading.read(b"id;mark;title\n")
    monkeypatch.undo()
    monkeypatch.setattr(reading, "MAX_LINES", 2)
    with pytest.raises(ServiceError):
        list(reading.read(b"id;mark;title\n" + b"a;b;c\n" * 5).lines)


def test_a_line_that_excel_wrote_for_itself_is_passed_over():
    table = reading.read(b"sep=,\nid,mark,title\na,b,c;d\n")
    assert list(table.lines) == [(2, ["a", "b", "c;d"])]


def test_an_editor_works_on_her_own_datasets_alone(client, dataset):
    member = factories.MemberFactory(role="editor")
    mine = factories.DatasetFactory(organization=member.organization, title="Mine")
    client.force_login(member.user)
    (row,) = exported(client)
    assert row["id"] == mine.pk
    stolen = {**row, "id": dataset.pk, "title": "Stolen"}
    bring(client, written([{**row, "title": "Mine indeed"}, stolen]))
    assert "may not" in SheetLine.objects.get(object_id=dataset.pk).error
    apply(client)
    assert set(Dataset.objects.values_list("title", flat=True)) == {"Air", "Mine indeed"}


def test_rights_are_those_of_the_moment_it_is_applied(client):
    member = factories.MemberFactory(role="editor")
    mine = factories.DatasetFactory(organization=member.organization, title="Mine")
    client.force_login(member.user)
    (row,) = exported(client)
    bring(client, written([{**row, "title": "New"}]))
    job = imports.apply(Sheet.objects.get(), by=member.user)
    member.delete()
    running.run(job.pk)
    mine.refresh_from_db()
    assert mine.title == "Mine"


def test_nobody_sees_another_s_file(client, admin_client, dataset):
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "title": "New"}]))
    client.force_login(factories.MemberFactory(role="editor").user)
    path = reverse("admin:catalog_dataset_sheet_lines", args=[Sheet.objects.get().pk])
    assert client.get(path).status_code == client.post(path).status_code == 404
    assert not BulkJob.objects.exists()


def test_what_is_deleted_is_not_changed(admin_client, dataset):
    (row,) = exported(admin_client)
    Dataset.objects.filter(pk=dataset.pk).update(deleted=timezone.now())
    bring(admin_client, written([{**row, "title": "New"}]))
    assert SheetLine.objects.get().error


def test_the_files_of_who_leaves_go_with_her(client):
    member = factories.MemberFactory(role="editor")
    factories.DatasetFactory(organization=member.organization)
    client.force_login(member.user)
    (row,) = exported(client)
    bring(client, written([{**row, "title": "New"}]))
    delete_account(member.user)
    assert not Sheet.objects.exists()


def test_old_files_are_forgotten(admin_client, dataset):
    (row,) = exported(admin_client)
    bring(admin_client, written([{**row, "title": "New"}]))
    assert imports.purge() == 0
    Sheet.objects.update(created=timezone.now() - imports.KEPT * 2)
    assert imports.purge() == 1
    assert not SheetLine.objects.exists()


def test_the_list_leads_there_and_the_page_keeps_the_filter(admin_client, dataset):
    page = admin_client.get("/admin/catalog/dataset/?state=published").content.decode()
    assert 'href="sheet/?state=published"' in page
    assert 'href="export.csv?state=published"' in page
    assert 'name="state" value="published"' in admin_client.get(f"{PAGE}?state=published").content.decode()
