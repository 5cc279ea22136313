"""DCAT from hostile servers: refused or bounded, with an error that people can read; nothing is ever fetched."""

import io
import json
import socket

import pytest

from harvest.backends.dcat import DcatBackend
from harvest.errors import HarvestError, ListingFailed
from harvest.rdf import graph as graphs
from harvest.rdf import guards, reading
from harvest.rdf.reading import read
from tests.harvest.fixtures import backend, read_all, serve, serving

RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dcat="http://www.w3.org/ns/dcat#" '
    'xmlns:dct="http://purl.org/dc/terms/">'
)
DATASET = f'{RDF}<dcat:Dataset rdf:about="http://x.fr/1"><dct:title>{{}}</dct:title></dcat:Dataset></rdf:RDF>'
TTL = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . "
TTL += "@prefix : <http://x.fr/> . "
SECRET = "not-to-be-read"


def doctype(body: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE rdf:RDF [{body}]>' + DATASET.format("&a;")


def laughs() -> str:
    lines = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("bcdefghij", "cdefghija", strict=True))
    return doctype(f'<!ENTITY b "lol">{lines}')


def nested(levels: int) -> str:
    return (
        RDF
        + "<dcat:Dataset><dct:relation>" * levels
        + "<dcat:Dataset/>"
        + "</dct:relation></dcat:Dataset>" * levels
        + "</rdf:RDF>"
    )


def json_ld(context, **more) -> str:
    return json.dumps({"@context": context, "@type": "dcat:Dataset", "@id": "http://x.fr/1", "dct:title": "T", **more})


REFUSED = {
    "an entity of a file": (doctype(f'<!ENTITY a SYSTEM "file:///etc/{SECRET}">'), "DOCTYPE"),
    "an entity of the network": (doctype('<!ENTITY a SYSTEM "http://127.0.0.1:1/x">'), "DOCTYPE"),
    "a parameter entity": (doctype('<!ENTITY % p SYSTEM "http://127.0.0.1:1/x.dtd"> %p;'), "DOCTYPE"),
    "an external DTD": ('<!DOCTYPE rdf:RDF SYSTEM "http://127.0.0.1:1/x.dtd">' + DATASET.format("T"), "DOCTYPE"),
    "a billion laughs": (laughs(), "DOCTYPE"),
    "quadratic entities": (doctype(f'<!ENTITY a "{"x" * 50_000}">'), "DOCTYPE"),
    "a doctype in UTF-16": (doctype('<!ENTITY a "x">').encode("utf-16"), "DOCTYPE"),
    "a doctype after comments": ("<!-- a --><!-- b -->" + doctype('<!ENTITY a "x">')[21:], "DOCTYPE"),
    "deep XML": (nested(50_000), "nested deeper|not valid XML"),
    "deep XML under the parser's own limit": (nested(110), "nested deeper"),
    "an element of many attributes": (
        RDF + "<dcat:Dataset " + " ".join(f'dct:a{n}="1"' for n in range(60_000)) + "/></rdf:RDF>",
        "too many attributes|not valid XML",
    ),
    "XML cut off": (DATASET.format("T")[:-20], "not valid XML"),
    "an unknown encoding": ('<?xml version="1.0" encoding="EBCDIC-XX"?>' + DATASET.format("T"), "encoding"),
    "UTF-7": ('<?xml version="1.0" encoding="UTF-7"?>' + DATASET.format("T"), "encoding"),
    "bytes of another encoding": ("<?xml version='1.0' encoding='utf-16'?>é" + DATASET.format("é"), "encoding|XML"),
    "a web page": ("<!DOCTYPE html><html><body>Connectez-vous</body></html>", "web page"),
    "XHTML": ('<?xml version="1.0"?>\n<!-- x --><html xmlns="http://www.w3.org/1999/xhtml"/>', "web page"),
    "nothing": ("", "nothing"),
    "spaces": ("  \n ", "nothing"),
    "what is no RDF": ("id;titre\n1;Eau\n", "no valid RDF"),
    "other XML": ("<ETALAB><metadata/></ETALAB>", "no valid RDF|describes no catalogue"),
    "other JSON": ('{"datasets": [{"title": "Eau"}]}', "describes no catalogue"),
    "JSON cut off": (json_ld({})[:-5], "no valid RDF"),
    "deep JSON": ('{"http://x.fr/p":' * 70_000 + "1" + "}" * 70_000, "no valid RDF"),
    "deep lists in JSON": ('{"http://x.fr/p":' + "[" * 70_000 + "]" * 70_000 + "}", "no valid RDF"),
    "a remote context": (json_ld("http://127.0.0.1:1/c.jsonld"), "does not come with the portal"),
    "a context in a file": (json_ld(f"file:///etc/{SECRET}"), "does not come with the portal"),
    "a remote context in a list": (json_ld([{}, "http://127.0.0.1:1/c.jsonld"]), "does not come with the portal"),
    "a remote context of a node": (
        json_ld({}, **{"dct:publisher": {"@context": "http://127.0.0.1:1/c", "a": "b"}}), "not come with the portal"
    ),
    "a context of a term": (
        json_ld({"@version": 1.1, "dct:x": {"@id": "http://x.fr/p", "@context": "http://127.0.0.1:1/c"}}),
        "does not come with the portal",
    ),
    "an imported context": (json_ld({"@version": 1.1, "@import": "http://127.0.0.1:1/c"}), "imports a context"),
    "a context in disguise": (
        json_ld("http://127.0.0.1:1/c").replace('"@context"', '"\\u0040context"'), "no valid RDF"
    ),
    "a relative context": (json_ld("context.jsonld"), "does not come with the portal"),
    "a context that never ends": ('{"@context": [' + "[" * 100_000, "cannot be read|no valid RDF"),
    "a literal of 20 MB": (f'{TTL} :a a dcat:Dataset ; dct:title "{"x" * 20_000_000}" .', "no valid RDF"),
    "an address of 20 MB": ("<http://x.fr/" + "a" * 20_000_000, "no valid RDF"),
    "Turtle cut off": (f"{TTL} :a a dcat:Dataset ; dct:title [", "no valid RDF"),
    "lists in lists in bad Turtle": (f"{TTL} :a dct:title " + "(" * 50_000 + " ; ", "no valid RDF"),
    "bytes": (bytes(range(256)) * 100, "no valid RDF"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Only the loopback server of a test may be called; a name is never looked up."""
    connect, lookup, strange = socket.socket.connect, socket.getaddrinfo, []

    def connecting(self, address):
        if address[:1] != ("127.0.0.1",) or address[1] == 1:
            strange.append(address)
        return connect(self, address)

    def looking_up(host, *args, **kwargs):
        if host not in ("127.0.0.1", "localhost"):
            strange.append(host)
        return lookup(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)
    yield
    assert not strange


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_document_is_refused_with_a_reason(name):
    body, reason = REFUSED[name]
    body = body.encode() if isinstance(body, str) else body
    with serve({"/c": body}) as url, pytest.raises(HarvestError, match=reason) as raised:
        read_all(backend(DcatBackend, f"{url}/c"))
    assert SECRET not in str(raised.value.message) or name == "a context in a file"
    assert len(str(raised.value.message)) < 1000


def test_addresses_in_the_data_are_never_opened():
    body = f"""{TTL} :a a dcat:Dataset ; dct:title "T" ; dct:temporal <http://127.0.0.1:1/t>, <file:///etc/passwd> ;
        dct:spatial <http://127.0.0.1:1/s> ; dct:license <http://127.0.0.1:1/l> ;
        dct:conformsTo <http://127.0.0.1:1/c> ;
        dcat:theme <http://127.0.0.1:1/h> ; dct:accrualPeriodicity <http://127.0.0.1:1/f> ."""
    with serving({"/c": body}) as remote:
        instance = backend(DcatBackend, f"{remote.url}/c")
        draft = instance.map(read_all(instance)[0])
        assert len(remote.requests) == 1
    assert draft.temporal_start is None
    assert draft.remote_url == "http://x.fr/a"


def test_too_many_statements_are_refused(monkeypatch):
    monkeypatch.setattr(graphs, "MOST_FACTS", 1000)
    body = TTL + "".join(f":a{n} dct:title 'T' . " for n in range(1001))
    with pytest.raises(ListingFailed, match="1000 statements"):
        read(body.encode())


def test_what_rdflib_reads_after_an_error_is_bounded(monkeypatch):
    monkeypatch.setattr(reading, "MOST_OF_SECOND", 100)
    items = "".join(f"<dct:subject>{n}</dct:subject>" for n in range(200))
    wrong = '<dct:license rdf:resource="http://x.fr/l">text</dct:license>'
    body = f'{RDF}<dcat:Dataset rdf:about="http://x.fr/1">{wrong}{items}</dcat:Dataset></rdf:RDF>'
    with pytest.raises(ListingFailed, match="too long to be read"):
        read(body.encode())
    monkeypatch.setattr(reading, "SECOND_CHANCE", 10)
    with pytest.raises(ListingFailed, match="no valid RDF"):
        read(body.encode())


def test_blank_nodes_that_multiply_at_each_level_are_one_failed_record():
    """Seven levels of sixteen references each: millions of nodes out of a thousand statements."""
    wide = ", ".join(f"_:b0{n}" for n in range(16))
    lines = [f":a a dcat:Dataset ; dct:title 'T' ; dct:identifier 'a' ; dct:relation {wide} ."]
    for level in range(6):
        below = ", ".join(f"_:b{level + 1}{n}" for n in range(16))
        lines += [f"_:b{level}{n} dct:relation {below} ." for n in range(16)]
    lines.append(":good a dcat:Dataset ; dct:title 'Good' .")
    with serve({"/c": TTL + "\n".join(lines)}) as url:
        pages = list(backend(DcatBackend, f"{url}/c").pages())
    assert [one["@id"] for page in pages for one in page.records] == ["http://x.fr/good"]
    assert pages[0].failures[0][0] == "a"


def test_a_hub_that_all_refer_to_does_not_multiply():
    hub = f":hub dct:description {', '.join(json.dumps('x' * 900 + str(n)) for n in range(1000))} ."
    many = "".join(f":d{n} a dcat:Dataset ; dct:title 'T' ; dct:publisher :hub . " for n in range(500))
    with serve({"/c": TTL + hub + many}) as url, pytest.raises(ListingFailed, match="refer to each other"):
        read_all(backend(DcatBackend, f"{url}/c"))


def test_references_in_a_circle_end():
    circle = "_:x dct:relation _:y . _:y dct:relation _:x, :a ."
    body = f"{TTL} :a a dcat:Dataset ; dct:title 'A' ; dct:relation _:x . {circle}"
    record = read(body.encode()).record("http://x.fr/a")
    assert record["dct:relation"] == [{"dct:relation": [{"dct:relation": [{"@id": "http://x.fr/a"}]}]}]


def test_a_chain_is_cut_at_its_depth():
    chain = "".join(f"_:n{n} dct:relation _:n{n + 1} . " for n in range(5_000))
    record = read(f"{TTL} :a a dcat:Dataset ; dct:title 'A' ; dct:relation _:n0 . {chain}".encode()).record(
        "http://x.fr/a"
    )
    assert json.dumps(record).count("dct:relation") <= graphs.MAX_DEPTH + 1


def test_a_record_that_is_too_long_fails_alone():
    long = ", ".join(json.dumps("x" * 100_000 + str(n)) for n in range(21))
    body = f"{TTL} :a a dcat:Dataset ; dct:identifier 'long' ; dct:title 'A' ; dct:description {long} . "
    body += ":b a dcat:Dataset ; dct:title 'B' ."
    with serve({"/c": body}) as url:
        pages = list(backend(DcatBackend, f"{url}/c").pages())
    assert [one["@id"] for page in pages for one in page.records] == ["http://x.fr/b"]
    assert pages[0].failures[0][0] == "long"
    assert "2000000 characters" in pages[0].failures[0][1]


@pytest.mark.parametrize(
    "link",
    ["http://169.254.169.254/latest", "http://[::ffff:127.0.0.1]/x", "file:///etc/passwd", "//evil.example.org/c"],
)
def test_a_next_page_elsewhere_is_refused(link):
    body = f"{TTL} :a a dcat:Dataset ; dct:title 'A' . :v <http://www.w3.org/ns/hydra/core#next> {json.dumps(link)} ."
    with serve({"/c": body}) as url, pytest.raises(HarvestError, match="host"):
        read_all(backend(DcatBackend, f"{url}/c"))


def test_a_catalogue_without_end_is_bounded(monkeypatch):
    monkeypatch.setattr("harvest.backends.dcat.MOST_PAGES", 5)

    def page(path, query, body):
        number = int(query.get("page", 1))
        link = f":v <http://www.w3.org/ns/hydra/core#next> '?page={number + 1}' ."
        return f"{TTL} :d{number} a dcat:Dataset ; dct:title 'A' . {link}"

    with serve({"/c": page}) as url, pytest.raises(ListingFailed, match="more than 5 pages"):
        read_all(backend(DcatBackend, f"{url}/c"))


def test_contexts_by_the_thousand_are_refused(monkeypatch):
    monkeypatch.setattr(guards, "MOST_CONTEXTS", 50)
    body = json.dumps([{"@context": "https://schema.org/", "@id": f"http://x.fr/{n}"} for n in range(51)])
    with pytest.raises(ListingFailed, match="too many contexts"):
        guards.with_contexts(io.BytesIO(body.encode()))


def test_control_characters_and_markup_come_out_harmless():
    body = f"""{TTL} :a a dcat:Dataset ; dct:title "A\\u0000\\u001b<script>x</script>" ;
      dct:description "<img src=x onerror=alert(1)><p>b</p>" ; dcat:landingPage "javascript:alert(1)" ;
      dcat:distribution [ dcat:downloadURL "javascript:alert(2)" ; dct:title "J" ] ."""
    draft = backend(DcatBackend, "https://x.example.org").map(read(body.encode()).record("http://x.fr/a"))
    assert "\x00" not in draft.title
    assert "\x1b" not in draft.title
    assert "onerror" not in draft.description
    assert draft.remote_url == "http://x.fr/a"
    assert draft.resources == []
    assert "no address" in draft.warnings[0]


@pytest.mark.parametrize(
    "wkt",
    ["POLYGON((" + "1 2," * 100_000 + "1 2))", "POLYGON((nan nan, inf 0, 1 1, nan nan))", "(" * 100_000,
     '{"type": ' * 500, "MULTIPOLYGON(" + "(" * 50_000],
    ids=["many points", "no numbers", "parentheses", "deep GeoJSON", "deep WKT"],
)  # fmt: skip
def test_hostile_geometries_are_left_out(wkt):
    body = (
        f":a a dcat:Dataset ; dct:title 'A' ; dct:spatial [ <http://www.w3.org/ns/locn#geometry> {json.dumps(wkt)} ] ."
    )
    draft = backend(DcatBackend, "https://x.example.org").map(read((TTL + body).encode()).record("http://x.fr/a"))
    assert draft.spatial_geom is None
    assert draft.warnings
