"""What a curator does with datasets in the administration: correct, add files, change states, delete, restore."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from catalog.models import Dataset, DatasetBadge, Resource
from tests.catalog import factories

pytestmark = pytest.mark.django_db
LIST = reverse("admin:catalog_dataset_changelist")


def page(dataset, name="change", *args):
    return reverse(f"admin:catalog_dataset_{name}", args=[dataset.pk, *args])


def form_of(dataset, *, files=(), new_files=(), badges=(), **changes):
    """What the dataset's form sends: its columns, its files (as they are, or as given) and new badges."""
    rows = {
        "resources-TOTAL_FORMS": len(files) + len(new_files), "resources-INITIAL_FORMS": len(files),
        "badges-TOTAL_FORMS": len(badges), "badges-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, row in enumerate([*files, *new_files]):
        rows |= {f"resources-{number}-{name}": value for name, value in row.items()}
    for number, kind in enumerate(badges):
        rows[f"badges-{number}-kind"] = kind
    columns = {
        "title": dataset.title, "description": dataset.description, "organization": dataset.organization_id or "",
        "frequency": dataset.frequency, "access_type": "open", "access_audiences": "[]", "extras": "{}",
    }  # fmt: skip
    return columns | rows | changes


def row_of(resource, **changes):
    names = ["title", "url", "type", "format", "position"]
    return {"id": str(resource.pk), **{name: getattr(resource, name) for name in names}, **changes}


def test_saving_works_out_the_quality_and_dates_the_change(admin_client):
    old = timezone.now() - timedelta(days=100)
    dataset = factories.DatasetFactory(last_modified_internal=old, last_modified=old)
    form = form_of(dataset, description="x" * 200, frequency="annual", temporal_start="2020-01-01")
    assert admin_client.post(page(dataset), form).status_code == 302
    dataset.refresh_from_db()
    assert dataset.quality["dataset_description_quality"]
    assert dataset.quality["temporal_coverage"]
    assert dataset.last_modified - old > timedelta(days=99)


def test_a_new_title_makes_a_new_address(admin_client):
    dataset = factories.DatasetFactory(title="Old")
    admin_client.post(page(dataset), form_of(dataset, title="Brand new"))
    dataset.refresh_from_db()
    assert dataset.slug == "brand-new"


def test_files_are_added_changed_and_removed_in_the_form_of_the_dataset(admin_client):
    dataset = factories.DatasetFactory()
    kept = factories.ResourceFactory(dataset=dataset, position=0)
    gone = factories.ResourceFactory(dataset=dataset, position=1)
    new = {"title": "New", "url": "https://example.org/new.csv", "type": "main", "format": "CSV ", "position": 0}
    files = [row_of(kept, title="Changed"), row_of(gone, DELETE="on")]
    form = form_of(dataset, files=files, new_files=[new])
    assert admin_client.post(page(dataset), form).status_code == 302
    assert [row.title for row in dataset.resources.all()] == ["New", "Changed"]
    dataset.refresh_from_db()
    assert dataset.resources_count == 2
    assert dataset.resources.first().format == "csv"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "example.org/x", "http://", "https://[x"])
def test_a_file_with_an_address_that_no_browser_should_follow_is_refused(admin_client, url):
    dataset = factories.DatasetFactory()
    form = form_of(dataset, new_files=[{"title": "x", "url": url, "type": "main", "position": 0}])
    assert admin_client.post(page(dataset), form).status_code == 200
    assert not dataset.resources.exists()


def test_a_dataset_with_very_many_files_shows_the_way_to_their_list_instead(admin_client):
    dataset = factories.DatasetFactory()
    Resource.objects.bulk_create(Resource(dataset=dataset, title=f"{n}", url="https://example.org") for n in range(101))
    response = admin_client.get(page(dataset))
    assert "resources-TOTAL_FORMS" not in response.content.decode()
    files = f"{reverse('admin:catalog_resource_changelist')}?dataset__id__exact={dataset.pk}"
    assert files in response.content.decode()
    assert len(admin_client.get(files).context["cl"].result_list) == 50


def test_changing_a_file_in_its_own_list_refreshes_its_dataset(admin_client):
    resource = factories.ResourceFactory(format="pdf")
    form = {**row_of(resource), "dataset": resource.dataset_id, "format": "csv", "extras": "{}"}
    assert admin_client.post(reverse("admin:catalog_resource_change", args=[resource.pk]), form).status_code == 302
    assert Dataset.objects.get(pk=resource.dataset_id).quality["has_open_format"]


def test_what_the_portal_measured_of_a_hosted_file_is_not_written_by_hand(admin_client):
    resource = factories.ResourceFactory(filetype="file", checksum_type="sha1", checksum_value="a" * 40)
    form = {**row_of(resource, url="https://evil.example"), "dataset": resource.dataset_id, "checksum_value": "b"}
    admin_client.post(reverse("admin:catalog_resource_change", args=[resource.pk]), {**form, "extras": "{}"})
    resource.refresh_from_db()
    assert (resource.checksum_value, "evil" in resource.url) == ("a" * 40, False)


def test_removing_a_file_refreshes_its_dataset_and_removes_what_is_hosted(
    admin_client, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    hosted = tmp_path / "resources" / "x.csv"
    hosted.parent.mkdir()
    hosted.write_text("a,b")
    resource = factories.ResourceFactory(filetype="file", file="resources/x.csv")
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(reverse("admin:catalog_resource_delete", args=[resource.pk]), {"post": "yes"})
    assert not Resource.objects.exists()
    assert not hosted.exists()


def test_a_badge_remembers_who_gave_it(admin_client, admin_user):
    dataset = factories.DatasetFactory()
    assert admin_client.post(page(dataset), form_of(dataset, badges=["hvd"])).status_code == 302
    assert DatasetBadge.objects.get(dataset=dataset).created_by == admin_user


def test_two_owners_are_refused_with_a_sentence(admin_client):
    dataset = factories.DatasetFactory()
    response = admin_client.post(page(dataset), form_of(dataset, owner=factories.UserFactory().pk))
    assert "not to both" in response.content.decode()


def test_deleting_hides_and_keeps_everything_and_restoring_brings_it_back(admin_client):
    dataset = factories.ResourceFactory().dataset
    text = admin_client.get(page(dataset, "delete")).content.decode()
    assert "can restore it" in text
    assert admin_client.post(page(dataset, "delete"), {"post": "yes"}).status_code == 302
    dataset.refresh_from_db()
    assert dataset.deleted
    assert dataset.resources.count() == 1
    assert admin_client.post(page(dataset, "verb", "restore")).status_code == 302
    dataset.refresh_from_db()
    assert dataset.deleted is None


def test_a_selection_is_deleted_after_a_confirmation_and_written_in_the_history(admin_client):
    chosen = factories.DatasetFactory.create_batch(2)
    data = {"action": "delete_selected", "_selected_action": [row.pk for row in chosen]}
    text = admin_client.post(LIST, data).content.decode()
    assert chosen[0].title in text
    assert Dataset.objects.filter(deleted__isnull=True).count() == 2
    admin_client.post(LIST, {**data, "post": "yes"})
    assert Dataset.objects.filter(deleted__isnull=False).count() == 2
    assert LogEntry.objects.count() == 2


@pytest.mark.parametrize(
    ("verb", "state", "column", "value"),
    [
        ("publish", {"draft": True}, "private", False),
        ("unpublish", {}, "private", True),
        ("archive", {}, "archived", True),
        ("unarchive", {"shelved": True}, "archived", False),
        ("restore", {"gone": True}, "deleted", False),
        ("feature", {}, "featured", True),
        ("unfeature", {"featured": True}, "featured", False),
    ],
)
def test_each_verb_works_from_the_list_and_is_logged(admin_client, verb, state, column, value):
    chosen = factories.DatasetFactory.create_batch(2, **state)
    admin_client.post(LIST, {"action": verb, "_selected_action": [row.pk for row in chosen]})
    assert [bool(getattr(row, column)) for row in Dataset.objects.all()] == [value, value]
    assert LogEntry.objects.count() == 2


def test_the_buttons_of_a_page_follow_the_state(admin_client):
    shown = admin_client.get(page(factories.DatasetFactory())).context["verbs"]
    assert [name for name, _ in shown] == ["unpublish", "archive", "feature"]
    gone = admin_client.get(page(factories.DatasetFactory(gone=True))).context["verbs"]
    assert [name for name, _ in gone] == ["restore"]


def test_a_verb_is_not_a_link(admin_client):
    dataset = factories.DatasetFactory()
    assert admin_client.get(page(dataset, "verb", "archive")).status_code == 405
    assert admin_client.post(page(dataset, "verb", "explode")).status_code == 404


def test_a_refused_verb_says_why_and_changes_nothing(admin_client):
    dataset = factories.DatasetFactory(draft=True)
    response = admin_client.post(page(dataset, "verb", "feature"), follow=True)
    assert "only what is in the public lists" in response.content.decode()
    dataset.refresh_from_db()
    assert not dataset.featured


@pytest.mark.parametrize("state", ["draft", "published", "archived", "deleted"])
def test_the_list_is_filtered_by_the_state_that_it_shows(admin_client, state):
    for traits in [{"draft": True}, {}, {"shelved": True}, {"gone": True}]:
        factories.DatasetFactory(**traits)
    rows = admin_client.get(f"{LIST}?state={state}").context["cl"].result_list
    assert len(rows) == 1
    assert state in admin_client.get(f"{LIST}?state={state}").content.decode().lower()


def test_text_of_others_is_escaped(admin_client):
    attack = "<script>alert(1)</script>"
    dataset = factories.DatasetFactory(title=attack, harvest={attack: attack, "remote_url": attack})
    for url in [LIST, page(dataset), page(dataset, "delete"), page(dataset, "history")]:
        assert attack not in admin_client.get(url).content.decode()
