"""Discussions in the browser: reading, opening, answering, closing, editing, deleting, reporting."""

import pytest
from django.utils import timezone

from catalog.models import Discussion, Message, OutboxEvent, Report
from tests.catalog import factories

pytestmark = pytest.mark.django_db
each = pytest.mark.parametrize
KINDS = {
    "dataset": factories.DatasetFactory, "reuse": factories.ReuseFactory, "dataservice": factories.DataserviceFactory,
    "topic": factories.TopicFactory, "post": factories.PostFactory,
}  # fmt: skip


def text_of(response) -> str:
    return response.content.decode()


@pytest.fixture
def reader(client):
    user = factories.UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def thread():
    """A discussion about the dataset of an organization, with the question and an answer of a stranger's."""
    dataset = factories.DatasetFactory(organization=factories.MemberFactory().organization)
    discussion = factories.DiscussionFactory(dataset=dataset)
    factories.MessageFactory(discussion=discussion, posted_by=discussion.user)
    factories.MessageFactory(discussion=discussion)
    return discussion


def page_of(discussion, rest="") -> str:
    return f"/discussions/{discussion.pk}/{rest}"


@each("kind", KINDS)
def test_a_discussion_is_opened_from_the_page_of_its_subject(client, reader, settings, kind):
    settings.POST_DISCUSSIONS_ENABLED = True
    subject = KINDS[kind]()
    address = f"/{kind}s/{subject.slug}/discuss/"
    assert f'href="{address}"' in text_of(client.get(subject.get_absolute_url()))
    assert client.get(address).status_code == 200
    answer = client.post(address, {"title": "Which year?", "comment": "It does **not** say."})
    made = Discussion.objects.get()
    assert answer["Location"] == page_of(made)
    assert (made.subject, made.user, made.title) == (subject, reader, "Which year?")
    shown = text_of(client.get(page_of(made)))
    assert "The discussion is open." in shown
    assert "It does <strong>not</strong> say." in shown


def test_a_stranger_signs_in_first_and_comes_back(client):
    dataset = factories.DatasetFactory()
    address = f"/datasets/{dataset.slug}/discuss/"
    answer = client.get(address)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={address}")
    assert client.post(address, {"title": "T", "comment": "C"}).status_code == 302
    assert not Discussion.objects.exists()


def test_the_page_of_a_stranger_holds_nothing_of_hers(client, thread):
    for address in (thread.dataset.get_absolute_url(), page_of(thread), "/discussions/"):
        answer = client.get(address)
        assert not answer.cookies
        assert "csrfmiddlewaretoken" not in text_of(answer)
    assert f'href="/account/login/?next={page_of(thread)}"' in text_of(client.get(page_of(thread)))


def test_posts_are_not_discussed_where_the_portal_says_so(client, reader):
    post = factories.PostFactory()
    assert "/discuss/" not in text_of(client.get(post.get_absolute_url()))
    assert client.get(f"/posts/{post.slug}/discuss/").status_code == 404


@each(
    "values",
    [{}, {"title": "T"}, {"title": "T" * 256, "comment": "C"}, {"title": "T", "comment": "C" * 50_001},
     {"title": "T", "comment": "C", "organization": "6" * 24}, {"title": "T\x00", "comment": "C"},
     {"title": " ", "comment": " "}],
)  # fmt: skip
def test_a_bad_form_is_told_and_writes_nothing(client, reader, values):
    factories.MemberFactory(user=reader)
    dataset = factories.DatasetFactory()
    answer = client.post(f"/datasets/{dataset.slug}/discuss/", values)
    assert answer.status_code == 400
    assert 'id="id_' in text_of(answer)
    assert not Discussion.objects.exists()


def test_one_speaks_for_an_organization_that_one_edits_for_and_for_no_other(client, reader, thread):
    factories.MemberFactory(user=reader, organization=thread.dataset.organization)
    seen = factories.MemberFactory(user=reader, role="partial_editor").organization
    assert seen.pk not in text_of(client.get(page_of(thread)))
    answer = client.post(page_of(thread), {"comment": "Here it is.", "organization": seen.pk})
    assert answer.status_code == 400
    answer = client.post(page_of(thread), {"comment": "Here it is.", "organization": thread.dataset.organization_id})
    last = Message.objects.latest("posted_on")
    assert answer["Location"] == f"{page_of(thread)}#message-{last.pk}"
    assert (last.posted_by, last.posted_by_organization) == (reader, thread.dataset.organization)
    assert text_of(client.get(page_of(thread))).count("p-message--official") == 1


def test_answers_of_the_publisher_bear_a_mark_and_no_others(client, thread):
    other = factories.OrganizationFactory()
    factories.MessageFactory(discussion=thread, posted_by_organization=other)
    assert "p-message--official" not in text_of(client.get(page_of(thread)))
    factories.MessageFactory(discussion=thread, posted_by_organization=thread.dataset.organization)
    assert text_of(client.get(page_of(thread))).count("p-message--official") == 1
    reuse = factories.ReuseFactory()
    own = factories.DiscussionFactory(dataset=None, reuse=reuse)
    factories.MessageFactory(discussion=own, posted_by=reuse.owner)
    assert text_of(client.get(page_of(own))).count("p-message--official") == 1


def test_the_author_is_named_and_linked_unless_the_account_is_deleted(client, thread):
    opening, answer = thread.messages.order_by("posted_on")
    answer.posted_by.deleted = timezone.now()
    answer.posted_by.save()
    shown = text_of(client.get(page_of(thread)))
    assert f'<a href="{opening.posted_by.get_absolute_url()}">{opening.posted_by}</a>' in shown
    assert str(answer.posted_by) not in shown
    assert shown.count("Deleted account") == 1


def test_closing_is_for_the_author_and_the_publisher(client, reader, thread):
    assert 'name="close"' not in text_of(client.get(page_of(thread))).replace('type="hidden" name="close"', "")
    answer = client.post(page_of(thread), {"close": "true"})
    thread.refresh_from_db()
    assert (answer.status_code, thread.closed) == (403, None)
    factories.MemberFactory(user=reader, organization=thread.dataset.organization)
    client.post(page_of(thread), {"close": "true", "comment": "Done."})
    thread.refresh_from_db()
    assert thread.closed_by == reader
    shown = text_of(client.get(page_of(thread)))
    assert "Nobody can answer any more." in shown
    assert "<textarea" not in shown
    assert '<meta name="robots" content="noindex, follow">' in shown
    assert client.post(page_of(thread), {"comment": "And yet"}).status_code == 403


def test_an_answer_needs_words(client, reader, thread):
    assert client.post(page_of(thread), {"comment": "  "}).status_code == 400
    assert thread.messages.count() == 2


def test_own_words_are_edited_and_deleted_and_nobody_else_s(client, thread):
    opening, answer = thread.messages.order_by("posted_on")
    client.force_login(answer.posted_by)
    edit, delete = (page_of(thread, f"messages/{answer.pk}/{verb}/") for verb in ("edit", "delete"))
    shown = text_of(client.get(page_of(thread)))
    assert f'href="{edit}"' in shown
    assert str(opening.pk) + "/edit/" not in shown
    assert "A question." in text_of(client.get(edit))
    client.post(edit, {"comment": "Mended."})
    answer.refresh_from_db()
    assert answer.content == "Mended."
    assert answer.last_modified_at
    assert client.get(page_of(thread, f"messages/{opening.pk}/edit/")).status_code == 403
    assert client.post(page_of(thread, "delete/")).status_code == 403
    assert client.post(delete)["Location"] == page_of(thread)
    assert list(thread.messages.all()) == [opening]


def test_the_first_message_goes_with_its_discussion(client, thread):
    opening = thread.messages.order_by("posted_on").first()
    client.force_login(thread.user)
    assert client.post(page_of(thread, f"messages/{opening.pk}/delete/")).status_code == 400
    assert client.post(page_of(thread, "edit/"), {"title": "A better title"})["Location"] == page_of(thread)
    thread.refresh_from_db()
    assert thread.title == "A better title"
    assert client.get(page_of(thread, "delete/")).status_code == 200
    answer = client.post(page_of(thread, "delete/"))
    assert answer["Location"] == f"{thread.dataset.get_absolute_url()}#discussions"
    assert not Discussion.objects.exists()


def test_a_message_is_found_in_its_own_discussion_alone(client, thread):
    other = factories.MessageFactory()
    client.force_login(other.posted_by)
    assert client.get(page_of(thread, f"messages/{other.pk}/edit/")).status_code == 404


def test_an_administrator_writes_to_the_author_of_what_she_deletes(client, thread):
    client.force_login(factories.UserFactory(admin=True))
    assert 'name="notice"' in text_of(client.get(page_of(thread, "delete/")))
    client.post(page_of(thread, "delete/"), {"notice": "on"})
    assert OutboxEvent.objects.get(name="mail").payload["template"] == "deletion_notice"


def test_anybody_reports_a_message_or_the_whole(client, thread):
    message = thread.messages.order_by("posted_on").last()
    address = page_of(thread, f"report/?message={message.pk}")
    assert "Report to the administrators" in text_of(client.get(address))
    assert client.post(address, {"reason": "spam", "message": "Look"})["Location"] == page_of(thread)
    report = Report.objects.get()
    assert (report.subject, report.subject_embed_id, report.by, report.reason) == (thread, message.pk, None, "spam")
    assert client.post(page_of(thread, "report/"), {"reason": "auto_spam"}).status_code == 400
    for wrong in ("x", thread.pk, factories.MessageFactory().pk):
        assert client.post(page_of(thread, f"report/?message={wrong}"), {"reason": "spam"}).status_code == 404
    assert Report.objects.count() == 1


def test_what_the_spam_filter_holds_is_not_indexed(client, thread):
    assert "noindex" not in text_of(client.get(page_of(thread)))
    Report.objects.create(subject=thread, reason="auto_spam")
    assert "noindex" in text_of(client.get(page_of(thread)))


def test_the_spam_filter_reads_what_pages_write(client, reader, settings):
    settings.SPAM_WORDS = ["casino"]
    dataset = factories.DatasetFactory(organization=factories.MemberFactory(role="admin").organization)
    client.post(f"/datasets/{dataset.slug}/discuss/", {"title": "Win", "comment": "A casino for you"})
    assert Report.objects.get().reason == "auto_spam"
    assert OutboxEvent.objects.filter(name="mail", held=True).exists()


def test_writes_are_counted_as_those_of_the_api(client, reader, thread, settings):
    settings.API_RATES = {"writes": "1/hour", "reports": "1/hour"}
    assert client.post(page_of(thread), {"comment": "One"}).status_code == 302
    answer = client.post(page_of(thread), {"comment": "Two"})
    assert (answer.status_code, thread.messages.count()) == (429, 3)
    assert int(answer["Retry-After"]) > 0
    assert client.post(f"/datasets/{thread.dataset.slug}/discuss/", {"title": "T", "comment": "C"}).status_code == 429
    assert client.post(page_of(thread, "report/"), {"reason": "spam"}).status_code == 302
    assert client.post(page_of(thread, "report/"), {"reason": "spam"}).status_code == 429


def test_a_discussion_is_as_hidden_as_its_subject(client, thread):
    thread.dataset.private = True
    thread.dataset.save()
    for rest in ("", "report/"):
        assert client.get(page_of(thread, rest)).status_code == 404
    client.force_login(thread.user)
    assert client.get(page_of(thread, "edit/")).status_code == 404
    assert client.post(page_of(thread), {"comment": "C"}).status_code == 404
    assert client.get("/discussions/nothing/").status_code == 404


def test_a_long_discussion_has_pages(client, reader, thread):
    for number in range(20):
        factories.MessageFactory(discussion=thread, content=f"Word {number}.")
    first, second = (text_of(client.get(page_of(thread, rest))) for rest in ("", "?page=2"))
    assert (first.count("p-message__by"), second.count("p-message__by")) == (20, 2)
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{page_of(thread)}?page=2">' in second
    assert client.get(page_of(thread, "?page=3")).status_code == 404
    assert f"{page_of(thread)}?page=2#message-" in client.post(page_of(thread), {"comment": "Last"})["Location"]


@each("size", [2, 15])
def test_pages_cost_the_same_queries_at_any_length(client, django_assert_max_num_queries, size):
    dataset = factories.DatasetFactory()
    for _number in range(size):
        thread = factories.DiscussionFactory(dataset=dataset)
        factories.MessageFactory.create_batch(size, discussion=thread)
    client.get(page_of(thread))
    with django_assert_max_num_queries(6):
        client.get(page_of(thread))
    with django_assert_max_num_queries(9):
        client.get("/discussions/")


def test_the_page_of_a_subject_shows_the_beginning_of_the_newest(client, thread):
    factories.MessageFactory.create_batch(4, discussion=thread)
    for _number in range(11):
        factories.DiscussionFactory(dataset=thread.dataset)
    thread.created = timezone.now()
    thread.save()
    shown = text_of(client.get(thread.dataset.get_absolute_url()))
    assert shown.count('class="p-thread"') == 10
    assert shown.count("p-message__by") == 3
    assert "6 messages" in shown
    assert f'href="/discussions/?for={thread.dataset_id}"' in shown


def test_the_list_by_state_subject_and_what_is_mine(client, reader):
    mine = factories.DatasetFactory(organization=factories.MemberFactory(user=reader).organization)
    ours = factories.DiscussionFactory(title="Ours to answer", dataset=mine)
    factories.DiscussionFactory(title="Closed one", closed=timezone.now())
    factories.DiscussionFactory(
        title="About my reuse", dataset=None, reuse=factories.ReuseFactory(owner=reader, organization=None)
    )

    def titles(query):
        shown = text_of(client.get(f"/discussions/?{query}"))
        return {title for title in ("Ours to answer", "Closed one", "About my reuse") if title in shown}

    assert titles("") == {"Ours to answer", "Closed one", "About my reuse"}
    assert titles("closed=true") == {"Closed one"}
    assert titles("closed=false") == {"Ours to answer", "About my reuse"}
    assert titles("mine=true") == {"Ours to answer", "About my reuse"}
    assert titles(f"for={mine.pk}") == {"Ours to answer"}
    assert titles("object_type=Reuse") == {"About my reuse"}
    assert titles("q=answer") == {"Ours to answer"}
    shown = text_of(client.get(f"/discussions/?for={mine.pk}&closed=false"))
    assert f"<strong>{mine.title}</strong>" in shown
    client.logout()
    assert client.get("/discussions/?mine=true").status_code == 403
    assert "mine=true" not in text_of(client.get("/discussions/"))
    assert str(ours.pk) in text_of(client.get("/discussions/"))


@each("query", ["closed=perhaps", "object_type=User", "page=0", "for=x", "org=x"])
def test_a_list_asked_for_nonsense_is_no_error(client, query):
    assert client.get(f"/discussions/?{query}").status_code in (200, 400, 404)


def test_the_feed_shows_the_first_words(client, settings):
    settings.FEED_DELAY_HOURS = 0
    message = factories.MessageFactory(content="Where is **the** file?")
    factories.DiscussionFactory(dataset=factories.DatasetFactory(draft=True), title="Hidden")
    feed = text_of(client.get("/discussions/recent.atom"))
    assert message.discussion.title in feed
    assert "Where is &lt;strong&gt;the" in feed
    assert "Hidden" not in feed
