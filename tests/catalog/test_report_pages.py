"""Reporting an object without an account, and following what became of the report."""

import re

import pytest
from django.core import mail

from catalog.models import Report
from catalog.services import curation, outbox, reports
from tests.catalog.factories import (
    DataserviceFactory,
    DatasetFactory,
    MessageFactory,
    OrganizationFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SENT = {"reason": "illegal_content", "message": "The second file.", "email": "ada@example.org"}


def address_of(item):
    return f"/report/?subject={type(item).__name__}:{item.pk}"


def run_outbox():
    while outbox.run_due():
        pass


@pytest.fixture
def dataset():
    return DatasetFactory(title="Air")


@pytest.fixture
def sysadmin():
    return UserFactory(is_superuser=True)


def test_each_object_that_may_be_reported_leads_to_its_form(client):
    items = [DatasetFactory(), ReuseFactory(), DataserviceFactory(), OrganizationFactory(), UserFactory()]
    for item in items:
        text = client.get(item.get_absolute_url()).content.decode()
        assert f'href="{address_of(item)}"' in text
        assert client.get(address_of(item)).status_code == 200
    message = MessageFactory(discussion__dataset=items[0])
    assert client.get(address_of(message.discussion)).status_code == 200


def test_a_report_is_followed_by_its_reference(client, dataset, sysadmin):
    state = client.post(address_of(dataset), SENT)["Location"]
    assert re.fullmatch(r"/report/[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}/\?new=1", state)
    [report] = Report.objects.all()
    assert (report.subject, report.reason, report.by, report.email) == (dataset, "illegal_content", None, SENT["email"])
    text = client.get(state).content.decode()
    assert "Waiting for an administrator." in text
    assert "Keep the address of this page" in text
    assert "ada@example.org" not in text
    assert "The second file." not in text
    reports.dismiss(report, by=sysadmin)
    assert "it was looked at, and stays" in client.get(state.split("?")[0]).content.decode()
    assert "Handled" in client.get(state.split("?")[0].lower()).content.decode()


def test_who_reported_hears_once_how_it_ended(client, dataset, sysadmin):
    client.post(address_of(dataset), SENT)
    client.post(address_of(dataset), {**SENT, "email": ""})
    curation.delete(type(dataset).objects.filter(pk=dataset.pk), by=sysadmin)
    run_outbox()
    told = [message for message in mail.outbox if message.to == ["ada@example.org"]]
    assert len(told) == 1
    assert "It was removed from the portal." in told[0].body
    assert not Report.objects.exclude(email="").exists()
    report = Report.objects.exclude(reference="").first()
    assert "it was removed" in client.get(f"/report/{report.reference}/").content.decode()
    reports.dismiss(report, by=sysadmin)
    run_outbox()
    assert len([message for message in mail.outbox if message.to == ["ada@example.org"]]) == 1


def test_a_dismissed_report_tells_that_nothing_was_removed(client, dataset, sysadmin):
    client.post(address_of(dataset), SENT)
    reports.dismiss(Report.objects.get(), by=sysadmin)
    run_outbox()
    assert "closed the report without removing it" in mail.outbox[0].body
    assert Report.objects.get().email == ""


def test_what_the_reader_may_not_see_cannot_be_reported(client):
    draft = DatasetFactory(draft=True)
    for address in (address_of(draft), "/report/", "/report/?subject=Tag:1", "/report/?subject=Dataset:x"):
        assert client.get(address).status_code == 404
        assert client.post(address, SENT).status_code == 404
    assert not Report.objects.exists()


def test_a_report_of_whoever_is_signed_in_is_hers(client, dataset):
    user = UserFactory()
    client.force_login(user)
    client.post(address_of(dataset), SENT)
    assert Report.objects.get().by == user


@pytest.mark.parametrize(
    "wrong", [{"reason": ""}, {"reason": "auto_spam"}, {"message": ""}, {"email": "x"}, {"message": "\x00"}]
)
def test_a_wrong_field_is_said_and_nothing_is_noted(client, dataset, wrong):
    answer = client.post(address_of(dataset), {**SENT, **wrong})
    assert answer.status_code == 400
    assert "The report was not sent" in answer.content.decode()
    assert not Report.objects.exists()


def test_the_trap_and_the_rate_hold_programs_off(client, dataset, settings):
    assert client.post(address_of(dataset), {**SENT, "company_fax": "1"}).status_code == 302
    assert not Report.objects.exists()
    settings.API_RATES = {"reports": "1/hour"}
    assert [client.post(address_of(dataset), SENT).status_code for _ in range(2)] == [302, 429]
    assert Report.objects.count() == 1


def test_an_old_report_without_a_reference_is_nobodys_to_follow(client, dataset):
    Report.objects.create(subject=dataset, reason="spam")
    assert client.get("/report/AAAA-AAAA-AAAA/").status_code == 404
    assert client.get("/report//").status_code == 404


def test_administrators_read_and_dismiss_reports_in_the_administration(client, admin_client, dataset):
    client.post(address_of(dataset), SENT)
    report = Report.objects.get()
    list_address = "/admin/catalog/report/"
    text = admin_client.get(f"{list_address}{report.pk}/change/").content.decode()
    assert "The second file." in text
    assert f'<a href="{dataset.get_absolute_url()}">' in text
    assert "ada@example.org" not in text
    answer = admin_client.post(list_address, {"action": "dismiss", "_selected_action": [report.pk]}, follow=True)
    assert "1 report dismissed." in answer.content.decode()
    assert Report.objects.get().state == "dismissed"
    assert admin_client.get(f"{list_address}?handled=no").context["cl"].result_count == 0
    assert admin_client.post(f"{list_address}{report.pk}/delete/", {"post": "yes"}).status_code == 403
