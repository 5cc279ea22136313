"""The combobox of the administration: what it sends and what it takes."""

import pytest
from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse

from catalog.models import Dataset
from portal.lib.combobox import combobox_of
from tests.catalog import factories


@pytest.fixture
def one():
    return combobox_of(Dataset._meta.get_field("license"), admin.site)


@pytest.fixture
def many():
    return combobox_of(Dataset._meta.get_field("tags"), admin.site)


def test_what_is_chosen_is_taken_where_a_script_runs(one, many):
    data = QueryDict("license=lov2&tags=1&tags=2")
    assert one.value_from_datadict(data, {}, "license") == "lov2"
    assert many.value_from_datadict(data, {}, "tags") == ["1", "2"]


def test_typed_ids_win_where_there_is_a_field_for_them(one, many):
    data = QueryDict("license=lov2&license__ids=odbl&tags=1&tags__ids=3, 4")
    assert one.value_from_datadict(data, {}, "license") == "odbl"
    assert many.value_from_datadict(data, {}, "tags") == ["3", "4"]


def test_an_empty_field_of_ids_takes_the_choice_away(one, many):
    data = QueryDict("license=lov2&license__ids=&tags=1&tags__ids= ")
    assert one.value_from_datadict(data, {}, "license") is None
    assert many.value_from_datadict(data, {}, "tags") == []
    assert not one.value_omitted_from_data(QueryDict("license__ids="), {}, "license")


@pytest.mark.django_db
def test_a_form_of_the_administration_holds_no_select2(admin_client):
    dataset = factories.DatasetFactory(organization=factories.OrganizationFactory(name="The Town"))
    text = admin_client.get(reverse("admin:catalog_dataset_change", args=[dataset.pk])).content.decode()
    assert "select2" not in text
    assert text.count("<portal-combobox") >= 6
    assert f'name="organization__ids" value="{dataset.organization_id}"' in text


@pytest.mark.django_db
def test_suggestions_tell_whose_they_are_and_what_is_hidden(admin_client):
    owner = factories.OrganizationFactory(name="The Town")
    dataset = factories.DatasetFactory(title="Trees", organization=owner, private=True)
    query = {"app_label": "catalog", "model_name": "resource", "field_name": "dataset", "term": dataset.pk}
    answer = admin_client.get(reverse("admin:autocomplete"), query).json()
    assert answer["results"] == [{"id": dataset.pk, "text": "Trees", "detail": "The Town · not public"}]
