"""Writing to a producer or to the portal: who gets it, what the mail says, and what keeps programs out."""

import json
import re

import pytest
from django.core import mail

from catalog.models import OutboxEvent
from catalog.services import captcha, outbox
from catalog.views import public_form
from portal.lib.http import Answer
from tests.catalog.factories import (
    ContactPointFactory,
    DatasetFactory,
    MemberFactory,
    OrganizationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
SENT = {"reason": "other", "name": "Ada", "email": "ada@example.org", "text": "Hello.\nhttps://evil.example/"}


@pytest.fixture(autouse=True)
def _address(settings):
    settings.CONTACT_EMAIL, settings.CONTACT_EMAILS = "portal@example.org", {"personal_data": "dpo@example.org"}


def send(client, address="/contact/", **values):
    answer = client.post(address, {**SENT, **values})
    while outbox.run_due():
        pass
    return answer


def recipients():
    return sorted(address for message in mail.outbox for address in message.to)


def test_a_message_goes_to_the_portal_with_a_reference(client):
    answer = client.get(send(client)["Location"])
    reference = re.search(r"<code>([0-9A-Z]{4}-[0-9A-Z]{4})</code>", answer.content.decode())[1]
    [message] = mail.outbox
    assert message.to == ["portal@example.org"]
    assert message.reply_to == ["ada@example.org"]
    assert reference in message.subject
    assert "Ada (ada@example.org) wrote" in message.body
    assert "> Hello.\n> https://evil.example/" in message.body
    assert not OutboxEvent.objects.filter(payload__icontains="ada@example.org").exists()


def test_the_reason_says_which_address_of_the_portal(client):
    send(client, reason="personal_data")
    assert recipients() == ["dpo@example.org"]


def test_without_an_address_the_administrators_get_it(client, settings):
    settings.CONTACT_EMAIL = ""
    UserFactory()
    sysadmin = UserFactory(is_superuser=True)
    send(client)
    assert recipients() == [sysadmin.email]


def test_a_question_about_data_goes_to_the_contact_points(client):
    organization = OrganizationFactory()
    dataset = DatasetFactory(organization=organization)
    address = f"/contact/?subject=Dataset:{dataset.pk}"
    editor = MemberFactory(organization=organization, role="editor").user
    send(client, address, reason="data")
    assert recipients() == [editor.email]
    ContactPointFactory(organization=organization, email="desk@example.org", role="contact")
    mail.outbox.clear()
    send(client, address, reason="data")
    assert recipients() == ["desk@example.org"]
    dataset.contact_points.add(ContactPointFactory(organization=organization, email="air@example.org", role="contact"))
    mail.outbox.clear()
    send(client, address, reason="data")
    assert recipients() == ["air@example.org"]
    assert dataset.get_absolute_url() in mail.outbox[0].body
    mail.outbox.clear()
    send(client, address, reason="technical")
    assert recipients() == ["portal@example.org"]


def test_an_object_that_the_reader_may_not_see_cannot_be_named(client):
    draft = DatasetFactory(draft=True)
    for subject in (f"Dataset:{draft.pk}", "Dataset:x\x00", "User:1", "x", "Dataset:"):
        assert client.get("/contact/", {"subject": subject}).status_code == 404
    assert client.post(f"/contact/?subject=Dataset:{draft.pk}", SENT).status_code == 404
    assert not OutboxEvent.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"email": "x"}, {"email": "a@b.fr\nBcc: c@d.fr"}, {"text": ""}, {"text": "x" * 5001}, {"reason": "spam"},
     {"name": "a\x00b"}, {"text": "a\x0bb"}],
)  # fmt: skip
def test_a_wrong_field_is_said_and_nothing_is_sent(client, wrong):
    answer = send(client, **wrong)
    assert answer.status_code == 400
    assert "The message was not sent" in answer.content.decode()
    assert not OutboxEvent.objects.exists()


def test_a_program_that_fills_in_the_trap_learns_nothing(client):
    answer = send(client, company_fax="1")
    assert client.get(answer["Location"]).status_code == 200
    assert not OutboxEvent.objects.exists()
    assert 'class="p-field p-field--trap" aria-hidden="true"' in client.get("/contact/").content.decode()


def test_a_reference_that_the_portal_did_not_give_is_not_shown(client):
    assert client.get("/contact/sent/?of=AAAA-AAAA:x").status_code == 404
    assert client.get("/contact/sent/").status_code == 404


def test_too_many_messages_are_refused(client, settings):
    settings.API_RATES = {"contact": "2/hour"}
    assert [send(client).status_code for _ in range(3)] == [302, 302, 429]
    assert client.post("/contact/", SENT)["Retry-After"]
    assert len(mail.outbox) == 2


def test_nothing_is_sent_while_it_cannot_be_counted(client, monkeypatch):
    def lost(scope, caller):
        raise public_form.RedisError

    monkeypatch.setattr(public_form, "count", lost)
    assert send(client).status_code == 503
    assert not mail.outbox


def test_nothing_is_taken_while_the_portal_is_read_only(client, settings):
    settings.READ_ONLY_MODE = True
    assert send(client).status_code == 423
    assert not OutboxEvent.objects.exists()


def test_who_is_signed_in_need_not_say_who_she_is(client):
    user = UserFactory(first_name="Ada", last_name="Byron")
    client.force_login(user)
    text = client.get("/contact/?reason=accessibility").content.decode()
    assert f'value="{user.email}"' in text
    assert '<option value="accessibility" selected>' in text


@pytest.fixture
def service(settings, monkeypatch):
    """The captcha service, whose right answer is `abc`; `down` makes it silent."""
    settings.CAPTCHETAT_BASE_URL = settings.CAPTCHETAT_OAUTH_BASE_URL = "https://captcha.example.org"
    settings.CAPTCHETAT_CLIENT_ID = settings.CAPTCHETAT_CLIENT_SECRET = "x"
    state = {"down": False, "made": 0}

    def call(url, limits, *, headers=None, form=None, body=None):
        if state["down"]:
            raise captcha.FetchError("silent")
        if url.endswith("/token"):
            return _answer({"access_token": "t", "expires_in": 0})
        if body is not None:
            return _answer(json.loads(body) == {"uuid": f"id-{state['made']}", "code": "abc"})
        state["made"] += 1
        return _answer({"uuid": f"id-{state['made']}", "imageb64": "data:image/png;base64,AAAA"})

    def _answer(value):
        return Answer(url="", status=200, headers={"Content-Type": "application/json"}, body=json.dumps(value).encode())

    monkeypatch.setattr(captcha, "call", call)
    return state


def test_the_captcha_is_asked_for_where_there_is_one(client, service):
    text = client.get("/contact/").content.decode()
    assert 'src="data:image/png;base64,AAAA"' in text
    assert "get=sound&amp;c=captchaEN&amp;t=id-1" in text
    answer = send(client, captcha_id="id-1", captcha="no")
    assert answer.status_code == 400
    assert 'value="id-2"' in answer.content.decode()
    assert send(client, captcha_id="", captcha="").status_code == 400
    service["made"] = 2
    assert send(client, captcha_id="id-2", captcha="abc").status_code == 302
    assert len(mail.outbox) == 1


def test_nobody_is_kept_from_writing_by_a_silent_captcha_service(client, service):
    service["down"] = True
    assert client.get("/contact/").status_code == 200
    assert send(client, captcha_id="id-1", captcha="abc").status_code == 302
