"""DCAT in pages: Hydra in both its words, `Link` headers, large documents; and how a catalogue ends."""

import pytest

from harvest.backends.dcat import DcatBackend
from harvest.errors import ListingFailed
from tests.harvest.backends.test_dcat import PREFIXES
from tests.harvest.fixtures import backend, fixture, read_all, serve, serving

each = pytest.mark.parametrize


@each("kind", ["paged", "partial"])
def test_pages_are_followed_in_both_words_of_hydra(kind):
    """The links name data.test.org, as recorded; here they are those of the server."""
    bodies = {}
    with serving(lambda path, query, body: bodies.get(query.get("page", "1"))) as remote:
        for number in ("1", "2"):
            recorded = fixture(f"dcat/udata/{kind}-collection-{number}.jsonld")
            bodies[number] = recorded.replace(b"http://data.test.org/catalog", f"{remote.url}/catalog".encode())
        found = list(backend(DcatBackend, f"{remote.url}/catalog.jsonld").pages())
        assert [len(page.records) for page in found] == [3, 1]
        assert found[0].total == 4
        assert found[0].next_cursor["url"] == f"{remote.url}/catalog.jsonld?page=2"
        assert found[1].next_cursor is None
        again = list(backend(DcatBackend, f"{remote.url}/catalog.jsonld").pages(found[0].next_cursor))
        assert [page.records for page in again] == [found[1].records]


def page(number: int, link: str = "", *, empty: bool = False) -> str:
    dataset = "" if empty else f":d{number} a dcat:Dataset ; dct:title 'D {number}' ."
    return f"{PREFIXES} :c a dcat:Catalog . {dataset} {link}"


def ids(url: str) -> list[str]:
    return [one["@id"].rpartition("/")[2] for one in read_all(backend(DcatBackend, url))]


@each(
    "link",
    ["</c?p=2>; rel=next", '</c?p=1>; rel="first", </c?p=2>; rel="next"; title="a, b"', '<?p=2>;rel="last next"'],
)
def test_link_headers_lead_on(link):
    routes = {"/c?p=2": page(2), "/c": (200, {"Link": link}, page(1).encode())}
    with serve(routes) as url:
        assert ids(f"{url}/c") == ["d1", "d2"]


@each("value", ["'/c?p=2'", "<c?p=2>", "'c?p=2'"])
def test_hydra_links_may_be_texts_and_relative(value):
    with serve({"/c?p=2": page(2), "/c": page(1, f"<> a hydra:PagedCollection ; hydra:nextPage {value} .")}) as url:
        assert ids(f"{url}/c") == ["d1", "d2"]


def test_a_page_past_the_end_ends_the_catalogue():
    routes = {"/c": page(1, ":v hydra:next '/c?p=2' ."), "/c?p=2": page(2, ":v hydra:next '/c?p=3' .", empty=True)}
    with serving(routes) as remote:
        assert ids(f"{remote.url}/c") == ["d1"]
        assert remote.paths == ["/c", "/c?p=2"]


def test_a_server_that_gives_the_same_page_again_is_left():
    def same(path, query, body):
        number = int(query.get("p", 1))
        return page(1, f":v hydra:next '/c?p={number + 1}' . :c dct:modified '{number}' .")

    with serving({"/c": same}) as remote:
        assert ids(f"{remote.url}/c") == ["d1"]
        assert len(remote.paths) == 2


def test_pages_in_a_circle_end():
    with serve({"/c?p=2": page(2, ":v hydra:next '/c' ."), "/c": page(1, ":v hydra:next '/c?p=2' .")}) as url:
        assert ids(f"{url}/c") == ["d1", "d2"]


def test_a_large_document_is_given_in_parts_and_resumed():
    many = PREFIXES + "".join(f":d{n} a dcat:Dataset ; dct:title 'D' . " for n in range(1203))
    with serve({"/c": many}) as url:
        found = list(backend(DcatBackend, f"{url}/c").pages())
        assert [len(one.records) for one in found] == [500, 500, 203]
        rest = [one for part in backend(DcatBackend, f"{url}/c").pages(found[0].next_cursor) for one in part.records]
        assert rest == [one for part in found[1:] for one in part.records]


def test_a_document_over_the_limit_of_memory_is_read_from_the_disk(settings):
    settings.HARVEST_PAGE_MIB = 1
    many = PREFIXES + "".join(
        f":d{n} a dcat:Dataset ; dct:title 'D' ; dct:description '{'x' * 2000}' . " for n in range(800)
    )
    with serving({"/c": many}) as remote:
        instance = backend(DcatBackend, f"{remote.url}/c")
        assert len(read_all(instance)) == 800
        assert instance.memory == {"large": True}
        assert len(remote.requests) == 2
        assert len(read_all(instance)) == 800
        assert len(remote.requests) == 3


def test_rdf_without_a_catalogue_is_no_listing():
    with serve({"/c": ":a :b :c ."}) as url, pytest.raises(ListingFailed):
        ids(f"{url}/c")
    with serve({"/c": PREFIXES + ":a :b :c ."}) as url, pytest.raises(ListingFailed, match="no catalogue"):
        ids(f"{url}/c")
    with serve({"/c": page(1, empty=True)}) as url:
        assert ids(f"{url}/c") == []
