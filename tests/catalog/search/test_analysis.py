"""From words to terms: what must be found by what."""

import pytest

from catalog.search.analysis import analyze, tokens


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("transports", "transport"),
        ("l'eau", "eau"),
        ("l’eau", "EAUX"),
        ("qu'énergies", "energie"),
        ("énergie", "energy"),
        ("écoles", "ecole"),
        ("journaux", "journal"),
        ("directrices", "directeur"),
        ("électriques", "electric"),
        ("cities", "city"),
        ("buildings", "building"),
        ("œuvres", "oeuvre"),
        ("Straße", "strasse"),
        ("publiées", "publié"),
    ],
)
def test_words_of_one_meaning_share_a_term(one, other):
    assert analyze(one) == analyze(other) != ""


@pytest.mark.parametrize(("one", "other"), [("générale", "génération"), ("public", "publication")])
def test_words_of_other_meanings_do_not(one, other):
    assert analyze(one) != analyze(other)


def test_words_that_say_nothing_are_left_out():
    assert analyze("la qualité de l'eau dans les communes of the city") == "qualit eau commun citi"


def test_long_keys_and_signs_are_no_words():
    assert analyze("a" * 41 + " §§ -- * ?") == ""


def test_numbers_keep_their_form():
    assert analyze("COVID-19 en 2020") == "covid 19 2020"


def test_a_token_knows_where_it_stands():
    text = "De l'Énergie"
    found = [(text[token.start : token.end], token.stem) for token in tokens(text)]
    assert found == [("De", "de"), ("Énergie", "energi")]
