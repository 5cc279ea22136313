"""What is found, in which order, and what is forgiven."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import SearchSynonym
from catalog.search import service, synonyms
from catalog.search.service import Options, Page
from portal.lib.errors import ServiceError
from tests.catalog.factories import (
    DatasetFactory,
    DiscussionFactory,
    MessageFactory,
    OrganizationFactory,
    PostFactory,
    ResourceFactory,
    ReuseFactory,
)


def titles_of(hits, *objects):
    names = {one.pk: one.title for one in objects}
    return [names[pk] for pk in hits.ids]


def test_without_an_index_it_says_so(db, search_dir):
    assert not service.ready()
    with pytest.raises(service.SearchUnavailable):
        service.search("dataset", "eau")


@pytest.mark.parametrize("query", ["transprots", "Transports", "trasnport", "TRANSPORT", "transport "])
def test_typos_plurals_and_case_find(indexed, query):
    wanted = DatasetFactory(title="Plan des transports urbains")
    DatasetFactory(title="Qualité de l'eau")
    assert indexed().ids(query) == [wanted.pk]


@pytest.mark.parametrize("query", ["l'eau", "eaux", "qualite eau", "La qualité de l’eau ?"])
def test_elisions_and_missing_accents_find(indexed, query):
    wanted = DatasetFactory(title="Qualité de l'eau")
    DatasetFactory(title="Plan des transports urbains")
    assert indexed().ids(query) == [wanted.pk]


@pytest.mark.parametrize(
    "query",
    [
        "données cantines scolaires csv",
        "Où trouver un fichier excel des cantines scolaires ?",
        "open data cantines",
        "where can I find a list of cantines",
    ],
)
def test_natural_questions_do_not_end_at_zero(indexed, query):
    wanted = DatasetFactory(title="Cantines scolaires")
    DatasetFactory(title="Plan des transports urbains")
    assert indexed().ids(query)[0] == wanted.pk


def test_words_around_alone_are_looked_for(indexed):
    wanted = DatasetFactory(title="Liste des bases de données")
    DatasetFactory(title="Cantines")
    assert indexed().ids("base de données") == [wanted.pk]


def test_a_missing_word_is_given_up_last(indexed):
    wanted = DatasetFactory(title="Arrêts de tramway de Rennes")
    indexed()
    hits = service.search("dataset", "arrêts tramway zorglub")
    assert (hits.ids, hits.relaxed) == ([wanted.pk], "words")


def test_a_typo_proposes_the_right_word(indexed):
    DatasetFactory(title="Plan des transports urbains")
    indexed()
    hits = service.search("dataset", "plan transprots")
    assert (hits.relaxed, hits.suggestion) == ("typo", "plan transports")


def test_title_before_description_and_phrase_before_words(indexed):
    phrase = DatasetFactory(title="Eau potable")
    words = DatasetFactory(title="Potable, et de loin de toute rivière, l'eau")
    described = DatasetFactory(title="Rapport", description="Contient de l'eau et du potable.")
    indexed()
    hits = service.search("dataset", "eau potable")
    assert titles_of(hits, phrase, words, described) == [phrase.title, words.title, described.title]


def test_certified_and_popular_first(indexed):
    plain = DatasetFactory(title="Base adresse")
    organization = OrganizationFactory(name="Institut", badges=["certified", "public-service"])
    good = DatasetFactory(title="Base adresse", organization=organization, metric_views=20_000, metric_followers=50)
    assert indexed().ids("adresse") == [good.pk, plain.pk]


def test_every_text_is_searched(indexed):
    organization = OrganizationFactory(name="Météo-France", acronym="MF")
    wanted = DatasetFactory(title="Relevés", acronym="SYNOP", organization=organization, tags=["nivologie"])
    ResourceFactory(dataset=wanted, title="Pluviométrie horaire")
    DatasetFactory(title="Cantines")
    portal = indexed()
    for query in ["synop", "météo france", "nivologie", "pluviometrie", wanted.slug, wanted.pk]:
        assert portal.ids(query) == [wanted.pk], query


def test_hidden_objects_are_not_indexed(indexed):
    DatasetFactory(title="Secret", private=True)
    DatasetFactory(title="Secret", gone=True)
    DatasetFactory(title="Secret", shelved=True)
    ReuseFactory(title="Secret", private=True)
    hidden = DatasetFactory(title="Caché", private=True)
    DiscussionFactory(title="Secret", dataset=hidden)
    portal = indexed()
    assert [portal.ids("secret", kind) for kind in ("dataset", "reuse", "discussion")] == [[], [], []]
    assert portal.ids() == []


def test_archived_reuses_are_found_on_request(indexed):
    live, old = ReuseFactory(title="Carte"), ReuseFactory(title="Carte", archived=timezone.now())
    portal = indexed()
    assert portal.ids("carte", "reuse") == [live.pk]
    assert portal.ids("carte", "reuse", archived=True) == [old.pk]


def test_a_planned_post_is_found_from_its_date_on(indexed):
    PostFactory(name="Bilan annuel", published=timezone.now() + timedelta(days=1))
    out = PostFactory(name="Bilan annuel")
    PostFactory(name="Bilan annuel", published=None)
    assert indexed().ids("bilan", "post") == [out.pk]


def test_discussions_are_found_by_their_messages(indexed):
    talk = DiscussionFactory(title="Question", dataset=DatasetFactory())
    MessageFactory(discussion=talk, content="Où est la colonne altitude ?")
    assert indexed().ids("altitude", "discussion") == [talk.pk]


def test_synonyms(indexed):
    wanted = DatasetFactory(title="Bornes de recharge")
    SearchSynonym.objects.all().delete()
    SearchSynonym.objects.create(terms="IRVE, borne de recharge, véhicules électriques")
    synonyms.forget()
    assert indexed().ids("irve") == [wanted.pk]


@pytest.mark.parametrize(("query", "found"), [("transp", True), ("plan des transport", True), ("ansport", False)])
def test_a_beginning_finds_while_one_types(indexed, query, found):
    wanted = DatasetFactory(title="Plan des transports")
    indexed()
    hits = service.search("dataset", query, options=Options(prefix=True))
    assert hits.ids == ([wanted.pk] if found else [])


@pytest.mark.parametrize(
    "query",
    ['"', "eau AND", "title:eau", "eau*", "((", "[a TO b]", "\x00", "eau^99999", "+-", "🦄", "a" * 5000, "e " * 3000],
)
def test_no_text_breaks_it(indexed, query):
    DatasetFactory(title="Eau")
    indexed()
    hits = service.search("dataset", query, options=Options(facets=True, highlights=True))
    assert hits.facets["tag"][0]["name"] == "all"


def test_highlights_are_marked_and_escaped(indexed):
    dataset = DatasetFactory(
        title="L'eau <script>", description="Un **long** texte. " * 30 + "Les eaux & rivières <b>."
    )
    indexed()
    found = service.search("dataset", "eau", options=Options(highlights=True)).highlights[dataset.pk]
    assert found["title"] == "L&#x27;<mark>eau</mark> &lt;script&gt;"
    assert "<mark>eaux</mark> &amp; rivières" in found["description"]
    assert set(re.findall(r"<[^>]*>", found["description"])) == {"<mark>", "</mark>"}


def test_sorts_and_pages_and_cursors_see_everything_once(indexed):
    for number in range(23):
        DatasetFactory(title=f"Eau {number}", metric_views=number % 3)
    indexed()
    for sort in ("", "-views", "views", "title", "-created"):
        paged, followed, cursor = [], [], ""
        for number in range(1, 6):
            paged += service.search("dataset", "eau", sort=sort, page=Page(number, 5)).ids
        while True:
            hits = service.search("dataset", "eau", sort=sort, page=Page(size=4, cursor=cursor))
            assert hits.total == 23
            followed += hits.ids
            cursor = hits.next_cursor
            if not cursor:
                break
        assert len(set(paged)) == 23, sort
        assert followed == paged, sort


def test_sorts_follow_the_column(indexed):
    views = [DatasetFactory(metric_views=number).pk for number in (5, 900, 77)]
    indexed()
    assert service.search("dataset", sort="-views").ids == [views[1], views[2], views[0]]
    assert service.search("dataset", sort="views").ids == [views[0], views[2], views[1]]


@pytest.mark.parametrize("page", [Page(501, 20), Page(0, 20), Page(cursor="zzz"), Page(cursor="WzEsMiwzXQ")])
def test_bad_pages_are_refused(indexed, page):
    indexed()
    with pytest.raises(ServiceError):
        service.search("dataset", page=page)


def test_an_unknown_sort_is_refused(indexed):
    indexed()
    with pytest.raises(ServiceError, match="not a valid choice"):
        service.search("organization", sort="reuse")


def test_all_kinds_at_once(indexed):
    dataset, reuse = DatasetFactory(title="Vélos en ville"), ReuseFactory(title="Vélos")
    OrganizationFactory(name="Fédération des vélos")
    indexed()
    hits = service.search_all("vélo")
    assert hits.total == 3
    assert {dataset.pk, reuse.pk} < set(hits.ids)
    assert {"name": "organization", "count": 1} in hits.facets["kind"]


def test_a_score_is_explained(indexed):
    dataset = DatasetFactory(title="Eau")
    indexed()
    found = service.explain("dataset", "eau", dataset.pk)
    assert found["weight"] >= 0
    assert found["words"]["value"] > 0
