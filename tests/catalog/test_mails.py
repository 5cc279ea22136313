"""Mails: each name that a service gives has its templates; each recipient gets one, in her language, and no forgery."""

import ast
import re
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.core import mail
from django.template.loader import get_template
from django.utils import translation

from catalog.models import OutboxEvent
from catalog.models.vocabulary import MemberRole, OrganizationBadgeKind
from catalog.permissions import Actor
from catalog.services import discussions, mails, outbox
from harvest import services as harvesting
from portal.lib.mails import as_page, one_line, quoted
from tests.catalog import factories

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize

# What completes a template's name where a service makes it of parts.
PARTS = {
    "discussion_": ["new_discussion", "new_comment", "closed"],
    "review_": ["published", "scheduled", "returned"],
    "change_": ["approved", "returned", "rejected"],
    "transfer_": ["accepted", "refused"],
    "harvest/source_": ["accepted", "refused"],
}
TELLERS = ("tell_publishers", "tell_author")  # calls whose keyword `template` names a mail
SCRIPT = "<script>alert(1)</script>\r\nBcc: all@example.org"
FACTS = {
    "number": 2, "more": 1,
    "title": SCRIPT, "subject": SCRIPT, "organization": SCRIPT, "name": SCRIPT, "path": "/organizations/o/",
    "comment": "First line\nhttps://evil.example/ \n> quoted", "kind": "certified", "role": "editor",
}  # fmt: skip


def names_in(node: ast.AST) -> set[str]:
    """Return the names of templates that an expression may give."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return {node.value} - {""}
    if isinstance(node, ast.IfExp):
        return names_in(node.body) | names_in(node.orelse)
    if isinstance(node, ast.JoinedStr):
        prefix = node.values[0].value
        return {prefix + end for end in PARTS[prefix]}
    return set()


def emitted() -> set[str]:
    """Return the names of templates in all services."""
    found: set[str] = set()
    for app in ("catalog", "harvest", "stats"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            if not {"services", "pipeline"} & {*path.parts, path.stem}:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found |= names_of(node)
    return found


def names_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "template":
        return names_in(node.value)
    if not isinstance(node, ast.Call):
        return set()
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if called == "_mail":
        return names_in(node.args[1])
    if (called == "emit" and node.args and getattr(node.args[0], "value", "") == "mail") or called in TELLERS:
        return {name for keyword in node.keywords if keyword.arg == "template" for name in names_in(keyword.value)}
    return set()


TEMPLATES = sorted(emitted())


class Page(HTMLParser):
    """The tags and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]


def send(to, template="new_reuse", **context):
    """Emit a mail and run what is due; return what was sent."""
    outbox.emit("mail", to=to, template=template, context={"title": "T", "path": "/reuses/t/", **context})
    while outbox.run_due():
        pass
    return mail.outbox


def html_of(message) -> str:
    return message.alternatives[0].content


def test_every_name_is_found():
    assert {"membership_request", "new_reuse", "discussion_closed", "harvest/new_source", "new_badge"} <= set(TEMPLATES)
    assert len(TEMPLATES) >= 20


@each("language", ["en", "fr"])
@each("template", TEMPLATES)
def test_each_mail_is_written_in_each_language_and_says_nothing_unsafe(template, language):
    with translation.override(language):
        letter = mails.compose(template, FACTS)
    assert "\n" not in letter.subject + letter.text.partition("\n")[0]
    assert letter.subject.startswith("[Open data] ")
    assert ("Bonjour," if language == "fr" else "Hello,") in letter.text
    assert ("Bonjour," if language == "fr" else "Hello,") in letter.html
    assert f'lang="{language}"' in letter.html
    assert "{{" not in letter.text + letter.subject + letter.html
    page = Page(letter.html)
    assert not page.tags & {"script", "img", "iframe", "form"}
    assert "<script>" not in letter.html
    assert page.links
    assert all(link.startswith(settings.SITE_URL) for link in page.links)
    assert not re.search(r"^Bcc:", letter.text, re.MULTILINE)


@each("template", TEMPLATES)
def test_a_french_mail_is_french_to_the_last_sentence(template):
    """Not one of its messages is left in English."""
    texts = {}
    for language in ("en", "fr"):
        with translation.override(language):
            texts[language] = mails.compose(template, {**FACTS, "title": "T", "comment": ""}).text.split("\n\n")
    same = set(texts["en"]) & set(texts["fr"])
    assert all(re.fullmatch(r"(-- |\s|https?://\S+|Open data)*", paragraph) for paragraph in same), same


@each("kind", [*OrganizationBadgeKind.values, "other"])
def test_each_badge_has_its_own_sentence(kind):
    texts = {
        one: mails.compose("new_badge", {**FACTS, "kind": one}).text for one in [*OrganizationBadgeKind.values, "z"]
    }
    assert list(texts.values()).count(mails.compose("new_badge", {**FACTS, "kind": kind}).text) == 1


def test_each_role_has_its_own_sentence():
    texts = {mails.compose("membership_role", {**FACTS, "role": role}).text for role in MemberRole.values}
    assert len(texts) == len(MemberRole.values)


def test_services_give_ids_and_no_names_so_that_nothing_remains_of_a_person():
    for path in (settings.BASE_DIR / "catalog" / "services").glob("*.py"):
        if path.name != "mails.py":
            assert "full_name" not in path.read_text(encoding="utf-8"), path


def test_every_template_has_its_subject_and_is_emitted():
    folders = ["catalog/templates/catalog/mails", "harvest/templates/harvest/mails"]
    files = {file.name for name in folders for file in (settings.BASE_DIR / name).iterdir()} - {
        "footer.txt",
        "digest.txt",
        "digest.subject.txt",
    }
    known = {name.rpartition("/")[2] for name in TEMPLATES}
    assert files == {f"{name}{end}" for name in known for end in (".txt", ".subject.txt")}


def test_each_recipient_gets_one_message_of_her_own_in_her_language():
    ada = factories.UserFactory(language="fr")
    bob = factories.UserFactory(language="xx")
    eve = factories.UserFactory()
    sent = send([ada.pk, bob.pk, eve.pk, ada.pk, ada.email.upper(), "New@Example.org", "new@example.org"], by=eve.pk)
    assert sorted(message.to for message in sent) == sorted(
        [[ada.email], [bob.email], [eve.email], ["new@example.org"]]
    )
    by_address = {message.to[0]: message for message in sent}
    assert by_address[ada.email].subject == "[Open data] Nouvelle réutilisation de vos données : T"
    assert by_address[bob.email].subject == "[Open data] New reuse of your data: T"
    assert f"{settings.SITE_URL}/reuses/t/" in by_address[ada.email].body
    assert f'href="{settings.SITE_URL}/reuses/t/"' in html_of(by_address[ada.email])
    assert eve.full_name in by_address[ada.email].body
    assert "/account/profile/" in by_address[ada.email].body
    assert "/account/profile/" not in by_address["new@example.org"].body
    assert by_address[ada.email].from_email == settings.DEFAULT_FROM_EMAIL
    assert by_address[ada.email].extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_portal_s_language_is_for_those_who_chose_none(settings):
    settings.LANGUAGE_CODE = "fr"
    assert "Nouvelle" in send(["new@example.org"])[0].subject


def test_whoever_is_gone_gets_nothing():
    away = factories.UserFactory(is_active=False)
    deleted = factories.UserFactory(deleted="2026-01-01T00:00:00Z")
    silent = factories.UserFactory(email=None)
    assert send([away.pk, deleted.pk, silent.pk, "0" * 24, away.email, "not@an@address"]) == []
    assert not OutboxEvent.objects.filter(done_at=None).exists()


def test_whoever_leaves_between_the_write_and_the_sending_gets_nothing():
    user = factories.UserFactory()
    outbox.emit("mail", to=[user.pk], template="new_reuse", context={})
    assert outbox.run_due() == 1
    user.is_active = False
    user.save()
    outbox.run_due()
    assert mail.outbox == []


def test_one_failing_recipient_is_tried_again_alone(monkeypatch):
    good, bad = factories.UserFactory(), factories.UserFactory()
    real = mails.mails.message

    def refuse(*args, to, **kwargs):
        if to == bad.email:
            raise ConnectionError("refused")
        return real(*args, to=to, **kwargs)

    monkeypatch.setattr(mails.mails, "message", refuse)
    assert [message.to for message in send([good.pk, bad.pk])] == [[good.email]]
    monkeypatch.setattr(mails.mails, "message", real)
    OutboxEvent.objects.update(run_after="2026-01-01T00:00:00Z")
    outbox.run_due()
    assert [message.to for message in mail.outbox] == [[good.email], [bad.email]]


def test_a_handler_that_runs_again_makes_no_second_message(monkeypatch):
    """The worker dies between making the messages and the note of it: both are undone, then both are done."""
    user = factories.UserFactory()
    real = outbox._note_done

    def die(event):
        monkeypatch.setattr(outbox, "_note_done", real)
        raise RuntimeError("killed")

    event = outbox.emit("mail", to=[user.pk], template="new_reuse", context={"title": "T"})
    monkeypatch.setattr(outbox, "_note_done", die)
    outbox.run_due()
    assert not OutboxEvent.objects.filter(name="message").exists()
    OutboxEvent.objects.filter(pk=event.pk).update(run_after="2026-01-01T00:00:00Z")
    while outbox.run_due():
        pass
    assert len(mail.outbox) == 1


def test_a_message_sent_twice_by_a_crash_is_known_by_its_id(monkeypatch):
    user = factories.UserFactory()
    outbox.emit("mail", to=[user.pk], template="new_reuse", context={"title": "T"})
    outbox.run_due()
    real = outbox._note_done

    def die(event):
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "_note_done", die)
    with pytest.raises(KeyboardInterrupt):
        outbox.run_due()
    monkeypatch.setattr(outbox, "_note_done", real)
    OutboxEvent.objects.filter(name="message").update(run_after="2026-01-01T00:00:00Z")
    outbox.run_due()
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == second


def test_what_was_sent_is_not_kept():
    send([factories.UserFactory().pk, "new@example.org"], title="Of somebody")
    assert len(mail.outbox) == 2
    assert all(set(event.payload) <= {"template", "key"} for event in OutboxEvent.objects.all())


def test_a_title_forges_no_header():
    message = send([factories.UserFactory().pk], title="A\r\nBcc: eve@example.org\x07\u2028X: y\x85Z" + "x" * 500)[0]
    raw = message.message()
    assert raw["Bcc"] is None
    assert "\n" not in message.subject
    assert len(message.subject) == 200
    assert message.recipients() == message.to


def test_a_stranger_s_words_are_quoted_and_their_addresses_are_no_links():
    organization = factories.OrganizationFactory()
    facts = {"organization": organization.name, "path": organization.get_absolute_url()}
    send([factories.UserFactory().pk], "membership_request", comment="Hi\n\nhttps://evil.example/", **facts)
    message = mail.outbox[0]
    assert "> Hi\n>\n> https://evil.example/" in message.body
    assert Page(html_of(message)).links.count("https://evil.example/") == 0
    assert "<blockquote" in html_of(message)


@each(("text", "line"), [(" a\tb\n", "a b"), ("a\x00\u202eb", "ab"), ("x" * 20, "x" * 9 + "…"), (5, "5")])
def test_a_line_is_one_line(text, line):
    assert one_line(text, 10) == line


def test_a_page_links_only_what_it_is_told_to():
    html = as_page("Hi <b>\nhttps://a.example/\nhttps://b.example/\n\n> q\n> r", ["https://a.example/"])
    assert Page(html).links == ["https://a.example/"]
    assert "Hi &lt;b&gt;" in html
    assert ">q<br>r</blockquote>" in html
    assert quoted("a\r\nb") == "> a\n> b"


def allow(settings, address, domains=("front.example",)):
    """Return the facts of the mail on a new discussion that names that address."""
    settings.DISCUSSION_ALLOWED_EXTERNAL_DOMAINS = list(domains)
    writer = factories.UserFactory()
    dataset = factories.MemberFactory(role="admin", organization=factories.OrganizationFactory()).organization
    dataset = factories.DatasetFactory(organization=dataset)
    values = {"subject": dataset, "title": "T", "comment": "C", "extras": {"notification": {"external_url": address}}}
    discussion = discussions.start(values, by=writer, actor=Actor.of(writer))
    context = OutboxEvent.objects.get(name="mail").payload["context"]
    return discussion, mails.compose("discussion_new_discussion", context)


def test_mails_on_a_discussion_lead_to_the_site_it_is_held_on(settings):
    _discussion, letter = allow(settings, "https://front.example/d/1")
    assert "\nhttps://front.example/d/1\n" in letter.text
    assert 'href="https://front.example/d/1"' in letter.html


@each("address", ["https://evil.example/", "javascript://front.example/%0aalert(1)", 5, None, "https://[", {"a": 1}])
def test_and_to_no_other_site(settings, address):
    discussion, letter = allow(settings, address)
    link = f"{settings.SITE_URL}/discussions/{discussion.pk}/"
    assert f"\n{link}\n" in letter.text
    assert "evil" not in letter.html
    assert "javascript" not in letter.html


def test_the_administrators_hear_of_a_source_and_its_owner_of_their_answer():
    admin, owner = factories.UserFactory(admin=True), factories.UserFactory()
    values = {"name": "Remote", "url": "https://example.org", "backend": "ckan"}
    source = harvesting.create(values, by=owner, actor=Actor.of(owner))
    harvesting.validate(source, state="refused", comment="Twice the same.", by=admin)
    while outbox.run_due():
        pass
    assert [(message.to, message.subject) for message in mail.outbox] == [
        ([admin.email], "[Open data] Harvest source to validate: Remote"),
        ([owner.email], "[Open data] Harvest source refused: Remote"),
    ]
    assert f"/admin/harvest/source/{source.pk}/overview/" in mail.outbox[0].body
    assert "> Twice the same." in mail.outbox[1].body


def test_the_account_mails_share_the_layout():
    assert get_template("portal/mail.html").render({"subject": "S", "text": "<i> https://a.example"}).count("<hr") == 0
