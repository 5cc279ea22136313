"""What the forms of the administration do for who works in them."""

from collections import defaultdict

import pytest
from lxml import html

from tests.catalog import factories
from tests.portal.test_admin_lists import address

pytestmark = pytest.mark.django_db


def sent_form(client, row):
    """Return what a browser would send of the form of `row`, as it is shown."""
    model = type(row)
    page = html.fromstring(client.get(address(model, "change", row.pk)).content.decode())
    sent = defaultdict(list)
    for name, value in page.get_element_by_id(f"{model._meta.model_name}_form").form_values():
        sent[name].append(value.removeprefix("\n"))
    return sent


def save(client, row, sent):
    return client.post(address(type(row), "change", row.pk), sent)


def test_a_dataset_with_a_hosted_file_is_saved(admin_client):
    dataset = factories.DatasetFactory(acronym="")
    factories.ResourceFactory(dataset=dataset, url="/media/resources/a.csv", filetype="file")
    answer = save(admin_client, dataset, sent_form(admin_client, dataset) | {"acronym": "ABC"})
    assert answer.status_code == 302, answer.context["errors"]
    dataset.refresh_from_db()
    assert dataset.acronym == "ABC"
    assert dataset.resources.get().url == "/media/resources/a.csv"


def test_the_address_of_a_file_is_still_looked_at_when_it_changes(admin_client):
    dataset = factories.DatasetFactory()
    factories.ResourceFactory(dataset=dataset)
    wrong = {"resources-0-url": "javascript:alert(1)"}
    assert save(admin_client, dataset, sent_form(admin_client, dataset) | wrong).status_code == 200


def test_every_page_tells_the_shortcuts_and_keeps_what_is_typed(admin_client, admin_user):
    text = admin_client.get(address(type(factories.DatasetFactory()), "changelist")).content.decode()
    assert 'id="portal-keys"' in text
    assert f'data-user="{admin_user.pk}"' in text
