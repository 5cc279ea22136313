"""Publishing a dataset in the browser: from a file to a page that everybody sees."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Dataset, GeoZone, Resource
from catalog.previews import copies
from portal.lib.http import FetchError
from tests.catalog.factories import DatasetFactory, LicenseFactory, MemberFactory, ResourceFactory

TREES = "code_commune;species;planted\n" + "".join(f"29{19 + n:03};oak;20{10 + n}-03-0{1 + n}\n" for n in range(8))


@pytest.fixture
def member(db, client, settings, tmp_path):
    """An editor of an organization, signed in."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PREVIEW_DIR, settings.TABULAR_DIR = tmp_path / "previews", tmp_path / "tables"
    made = MemberFactory()
    client.force_login(made.user)
    return made


@pytest.fixture
def draft(member):
    return DatasetFactory(organization=member.organization, private=True, title="Trees", description="")


def begin(client, member, **body):
    """Send the first step; return the answer and the draft it made, or None."""
    known = set(Dataset.objects.values_list("pk", flat=True))
    answer = client.post("/publish/datasets/", {"organization": member.organization_id, **body})
    return answer, Dataset.objects.exclude(pk__in=known).first()


def address(dataset, step):
    return f"/publish/datasets/{dataset.pk}/{step}/"


def described(**changes):
    return {"title": "Trees", "description": "Every tree.", "frequency": "annual", "access_type": "open", **changes}


def test_a_file_tells_its_title_its_columns_its_period_and_its_territory(client, member):
    file = SimpleUploadedFile("arbres_en-ville.csv", TREES.encode())
    answer, made = begin(client, member, file=file)
    assert answer["Location"] == address(made, "describe")
    assert (made.title, made.private, made.organization) == ("Arbres en ville", True, member.organization)
    assert (made.temporal_start, made.temporal_end) == (date(2010, 3, 1), date(2017, 3, 8))
    assert [zone.pk for zone in made.spatial_zones.all()] == ["fr:departement:29"]
    row = made.resources.get()
    assert (row.filetype, row.format, row.type) == ("file", "csv", "main")
    assert "8 rows" in row.description
    assert "`planted` (date)" in row.description


def test_the_licence_is_the_one_that_the_organization_used_last(client, member):
    licence = LicenseFactory()
    DatasetFactory(organization=member.organization, license=licence)
    _answer, made = begin(client, member, title="Trees")
    assert made.license is None  # nothing was looked into
    _answer, made = begin(client, member, file=SimpleUploadedFile("a.csv", b"a,b\n1,2\n"))
    assert made.license == licence


def test_an_address_that_does_not_answer_is_no_obstacle(client, member, monkeypatch):
    def lost(*args, **kwargs):
        raise FetchError("The server is not there.")

    monkeypatch.setattr(copies, "download", lost)
    answer, made = begin(client, member, url="https://example.org/data/pollen-2024.csv")
    assert (made.title, made.resources.get().format) == ("Pollen 2024", "csv")
    page = client.get(answer["Location"]).content.decode()
    assert "The server is not there." in page


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "Choose a file, give an address, or at least a title"),
        ({"url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"title": "x", "organization": "0" * 24}, "Select a valid choice"),
        ({"url": "https://example.org/a.csv", "file": SimpleUploadedFile("a.csv", b"a\n")}, "not both"),
        ({"file": SimpleUploadedFile("a.exe", b"MZ")}, "File format not allowed"),
        ({"file": SimpleUploadedFile("a.csv", b"<html><body>x")}, "HTML"),
    ],
)
def test_a_bad_beginning_is_said_and_leaves_nothing(client, member, media, body, said):
    answer, made = begin(client, member, **body)
    assert (answer.status_code, made) == (400, None)
    assert said in answer.content.decode()
    assert not [path for path in media.rglob("*") if path.is_file()]


def test_a_draft_keeps_what_is_right_of_an_unfinished_form(client, draft):
    body = described(title="", tags="trees, x", description="Half a sentence", autosave="1")
    told = client.post(address(draft, "describe"), body).json()
    draft.refresh_from_db()
    assert (told["saved"], told["errors"]) == (True, ["tags", "title"])
    assert (draft.title, draft.description, draft.frequency) == ("Trees", "Half a sentence", "annual")


def test_autosave_says_how_good_the_metadata_are_and_is_for_drafts_alone(client, draft):
    told = client.post(address(draft, "describe"), described(autosave="1")).json()
    assert told["score"] == round(100 * float(Dataset.objects.get(pk=draft.pk).quality["score"]))
    again = client.post(address(draft, "describe"), described(autosave="1", mark=told["mark"], acronym="T"))
    assert again.status_code == 200
    Dataset.objects.filter(pk=draft.pk).update(private=False)
    assert client.post(address(draft, "describe"), described(autosave="1", acronym="U")).status_code == 409
    assert Dataset.objects.get(pk=draft.pk).acronym == "T"


def test_two_editors_do_not_write_over_each_other_unawares(client, draft):
    page = client.get(address(draft, "describe")).content.decode()
    mark = page.partition('name="mark" value="')[2].partition('"')[0]
    client.post(address(draft, "describe"), described(title="Hers", mark=mark))
    late = client.post(address(draft, "describe"), described(title="His", mark=mark))
    assert late.status_code == 400
    assert "Somebody changed this while you were writing" in late.content.decode()
    assert Dataset.objects.get(pk=draft.pk).title == "Hers"
    mark = late.content.decode().partition('name="mark" value="')[2].partition('"')[0]
    assert client.post(address(draft, "describe"), described(title="His", mark=mark)).status_code == 302
    assert Dataset.objects.get(pk=draft.pk).title == "His"


def test_territories_are_ticked_or_named(client, draft):
    GeoZone.objects.filter(pk="fr:departement:29").get()
    body = {"temporal_start": "2020-01-01", "spatial_zones": ["fr:region:53"], "spatial_zones_add": "finistère"}
    assert client.post(address(draft, "coverage"), body).status_code == 302
    assert set(draft.spatial_zones.values_list("pk", flat=True)) == {"fr:region:53", "fr:departement:29"}
    assert client.post(address(draft, "coverage"), {"spatial_zones": ["fr:region:53"]}).status_code == 302
    assert [zone.pk for zone in draft.spatial_zones.all()] == ["fr:region:53"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"spatial_zones_add": "Atlantis"}, "Nothing is known by the name “Atlantis”"),
        ({"spatial_zones_add": "alpes"}, "may mean several things"),
        ({"spatial_zones_add": "a\x00b"}, "Nothing is known by this name"),
        ({"spatial_zones": ["planet:mars"]}, "is not there any more"),
        ({"temporal_start": "2024-01-01", "temporal_end": "2023-01-01"}, "ends before it begins"),
        ({"temporal_end": "2023-01-01"}, "needs a beginning"),
        ({"temporal_start": "yesterday"}, "Enter a valid date"),
        ({"spatial_granularity": "x"}, "Select a valid choice"),
    ],
)
def test_a_bad_coverage_is_said_and_changes_nothing(client, draft, body, said):
    before = Dataset.objects.filter(pk=draft.pk).values().get()
    answer = client.post(address(draft, "coverage"), body)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert Dataset.objects.filter(pk=draft.pk).values().get() == before


def test_files_are_added_moved_described_replaced_and_removed(client, draft):
    rows = [ResourceFactory(dataset=draft, title=f"r{n}", position=n) for n in range(3)]

    def order():
        return list(draft.resources.order_by("position").values_list("title", flat=True))

    files = address(draft, "files")
    client.post(files, {"up": str(rows[2].pk)})
    assert order() == ["r0", "r2", "r1"]
    client.post(files, {"down": str(rows[0].pk)})
    assert order() == ["r2", "r0", "r1"]
    client.post(files, {"file": SimpleUploadedFile("new.csv", b"a,b\n1,2\n")})
    assert order()[0] == "new.csv"
    new = draft.resources.get(title="new.csv")
    page = f"{files}{new.pk}/"
    client.post(
        page, {"title": "Newest", "type": "main", "description": "", "file": SimpleUploadedFile("b.csv", b"a\n7\n")}
    )
    new.refresh_from_db()
    with new.file.open() as kept:
        assert (new.title, kept.read()) == ("Newest", b"a\n7\n")
    client.post(page, {"action": "delete"})
    assert order() == ["r2", "r0", "r1"]
    assert client.post(files, {"up": str(new.pk)}).status_code == 404
    assert client.post(files, {}).status_code == 400


def test_a_remote_file_is_changed_by_its_address(client, draft):
    row = ResourceFactory(dataset=draft)
    page = f"{address(draft, 'files')}{row.pk}/"
    body = {"title": "There", "type": "api", "url": "https://example.org/api", "format": " JSON "}
    assert client.post(page, body).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.type, row.url, row.format) == ("There", "api", "https://example.org/api", "json")
    assert client.post(page, {**body, "url": "ftp:nowhere"}).status_code == 400


def test_a_draft_without_description_is_not_published(client, draft):
    check = address(draft, "check")
    assert client.post(check, {"action": "publish"}).status_code == 400
    assert Dataset.objects.get(pk=draft.pk).private
    client.post(address(draft, "describe"), described())
    assert client.post(check, {"action": "publish"})["Location"] == draft.get_absolute_url()
    assert not Dataset.objects.get(pk=draft.pk).private
    client.logout()
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_the_last_step_archives_makes_a_draft_and_deletes(client, draft):
    Dataset.objects.filter(pk=draft.pk).update(private=False, description="x")
    check = address(draft, "check")
    for action, state in (("archive", (False, True)), ("unarchive", (False, False)), ("draft", (True, False))):
        assert client.post(check, {"action": action}).status_code == 302
        draft.refresh_from_db()
        assert (draft.private, draft.archived is not None) == state
    assert client.post(check, {"action": "nonsense"}).status_code == 400
    client.post(check, {"action": "delete"})
    draft.refresh_from_db()
    assert draft.deleted
    assert client.get(check).status_code == 404


def test_a_dataset_with_the_same_file_is_shown(client, draft):
    other = DatasetFactory(title="The same trees")
    ResourceFactory(dataset=other, url="https://example.org/trees.csv")
    ResourceFactory(dataset=draft, url="https://example.org/trees.csv")
    assert "The same trees" in client.get(address(draft, "describe")).content.decode()
    Dataset.objects.filter(pk=other.pk).update(private=True)  # a stranger's draft is not told of
    assert "The same trees" not in client.get(address(draft, "describe")).content.decode()


def test_a_read_only_portal_refuses_and_says_so(client, draft, settings):
    settings.READ_ONLY_MODE = True
    answer = client.post(address(draft, "describe"), described(title="New"))
    assert answer.status_code == 423
    assert "takes no changes" in answer.content.decode()
    assert Dataset.objects.get(pk=draft.pk).title == "Trees"


@pytest.mark.parametrize("step", ["describe", "files", "coverage", "check"])
def test_a_step_costs_the_same_whatever_the_dataset_holds(client, draft, django_assert_max_num_queries, step):
    client.get(address(draft, step))
    with django_assert_max_num_queries(40) as few:
        client.get(address(draft, step))
    Resource.objects.bulk_create(Resource(dataset=draft, title=f"r{n}", url=f"https://e.org/{n}") for n in range(30))
    draft.spatial_zones.set(GeoZone.objects.filter(level="fr:region"))
    with django_assert_max_num_queries(len(few) + 2):
        client.get(address(draft, step))
