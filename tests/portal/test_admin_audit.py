"""Every form of the administration leaves one row in the audit log for what it saves, and none for what it does not."""

from collections import defaultdict

import pytest
from django.forms import BaseForm, CharField, Textarea, TextInput
from django.urls import reverse
from lxml import html

from catalog.models import AuditEntry, Resource
from portal.models import OAuthClient
from tests.catalog import factories
from tests.portal.test_admin_lists import MAKERS, REGISTERED, SINGLE, address

# Nobody changes these rows by a form.
READ_ONLY = {"AuditEntry", "BulkJob", "Review", "PendingChange", "OutboxEvent", "SlugHistory", "ApiToken"}
# As a form shows them: what it cannot show (a fraction of a second) would be a change.
MADE = MAKERS | {
    "OAuthClient": lambda number: OAuthClient.objects.create(
        name="client", client_type="public", authorization_grant_type="authorization-code",
        redirect_uris="https://app.example.org/",
    ),
    "Post": lambda number: factories.PostFactory(owner=factories.UserFactory(), published=None),
}  # fmt: skip
each_form = pytest.mark.parametrize(
    "model", [one for one in REGISTERED if one.__name__ not in SINGLE | READ_ONLY], ids=lambda model: model.__name__
)


def form_of(client, model, row) -> tuple[dict, BaseForm]:
    """Return what a browser would send of a form as it is shown, and the form."""
    response = client.get(address(model, "change", row.pk))
    page = html.fromstring(response.content.decode()).get_element_by_id(f"{model._meta.model_name}_form")
    sent = defaultdict(list)
    for name, value in page.form_values():
        sent[name].append(value.removeprefix("\n"))  # which a browser leaves out at the beginning of a text area
    return sent, response.context["adminform"].form


@each_form
def test_a_form_of_the_administration_is_one_row_each_time_it_changes_something(admin_client, model):
    row = MADE[model.__name__](0)
    sent, form = form_of(admin_client, model, row)
    assert admin_client.post(address(model, "change", row.pk), sent).status_code == 302, "as it was shown"
    assert not AuditEntry.objects.exists()
    plain = [name for name, field in form.fields.items()
             if type(field) is CharField and isinstance(field.widget, TextInput | Textarea)]  # fmt: skip
    if not plain:
        pytest.skip("no text to change")
    name = next((one for one in ("title", "title_en", "name", "first_name", "terms") if one in plain), plain[0])
    answer = admin_client.post(address(model, "change", row.pk), {**sent, name: "abc, changed"})
    assert answer.status_code == 302, answer.context["errors"]
    entry = AuditEntry.objects.get()
    if model is Resource:  # a file is part of its dataset
        row, name = row.dataset, "resources"
    found = (entry.origin, entry.kind, entry.object_id, entry.changes[0])
    assert found == ("admin", type(row).__name__, str(row.pk), name)


@pytest.mark.parametrize(("action", "name"), [("archive", "archive"), ("delete_selected", "delete")])
def test_an_action_on_a_selection_is_a_row_for_each_object(admin_client, action, name):
    chosen = factories.DatasetFactory.create_batch(3)
    sent = {"action": action, "_selected_action": [one.pk for one in chosen], "post": "yes"}
    assert admin_client.post(reverse("admin:catalog_dataset_changelist"), sent).status_code == 302
    assert {(row.action, row.object_id) for row in AuditEntry.objects.all()} == {(name, one.pk) for one in chosen}
    assert len({row.request_id for row in AuditEntry.objects.all()}) == 1


def test_a_form_with_an_error_leaves_no_row(admin_client):
    dataset = factories.DatasetFactory()
    answer = admin_client.post(reverse("admin:catalog_dataset_change", args=[dataset.pk]), {"title": ""})
    assert answer.status_code == 200
    assert not AuditEntry.objects.exists()
