"""MAAF: descriptors in the folders of an Apache index, and what they become."""

import pytest

from harvest.backends.folders import read_index
from harvest.backends.maaf import MaafBackend
from harvest.errors import ItemInvalid, ItemSkipped, ListingFailed, RemoteError
from tests.harvest.fixtures import ROOT, backend, fixture, read_all, serving

FOLDERS = "maaf-synthetic"
FIRST = "MINAGRI-ALIM-EPHY-Les_produits_phyto-pharmaceutiques_vus_par_leurs_substances"
FILES = "https://fichiers-publics.agriculture.gouv.fr/etalab"


def recorded(path, query, body):
    """Serve the recorded folders below /etalab/."""
    inner = path.removeprefix("/etalab/")
    file = f"{inner}index.html" if inner == "" or inner.endswith("/") else inner
    return fixture(f"{FOLDERS}/{file}") if (ROOT / FOLDERS / file).is_file() else None


def descriptor(inner: str = "", *, name: str = "<id>a</id><title>A</title>") -> str:
    return f"<ETALAB><metadata>{name}{inner}</metadata></ETALAB>"


def mapped(inner: str = "", *, keys=None, **more):
    raw = {"url": "https://x.example.org/a.xml", "xml": descriptor(inner, **more), "keys": keys or {}}
    return backend(MaafBackend, "https://x.example.org/").map(raw)


def resource(**fields) -> str:
    return "<resources>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields.items()) + "</resources>"


def index(*links: str) -> bytes:
    lines = "".join(f'<li><a href="{link}"> {link}</a></li>' for link in links)
    return f"<!DOCTYPE html><html><body><ul>{lines}</ul></body></html>".encode()


# --- Folders ---------------------------------------------------------------------------------------------------------


def test_the_recorded_folders_are_read_to_the_last_descriptor():
    with serving(recorded) as remote:
        instance = backend(MaafBackend, f"{remote.url}/etalab/")
        found = list(instance.pages())
        assert all(page.complete for page in found)
        assert found[-1].next_cursor is None
        assert sorted(ref.id.rpartition("/")[2] for page in found for ref in page.records) == [
            f"{FIRST}.xml",
            "MINAGRI-ALIM-EPHY-Les_usages.xml",
            "MINAGRI-FORET-IFN-Placettes.xml",
        ]
        assert remote.paths == [
            "/etalab/",
            "/etalab/ALIM/",
            "/etalab/FORET/",
            "/etalab/ALIM/EPHY/",
            "/etalab/FORET/IFN/",
        ]


def test_a_run_resumes_at_the_folder_where_it_stopped():
    with serving(recorded) as remote:
        url = f"{remote.url}/etalab"  # without its slash
        pages = list(backend(MaafBackend, url).pages())
        resumed = [ref.id for page in backend(MaafBackend, url).pages(pages[2].next_cursor) for ref in page.records]
        assert resumed == [ref.id for page in pages[3:] for ref in page.records]


@pytest.mark.parametrize(
    "link",
    [
        "//", "/", "../", "/etalab/", "./", ".", "", "?C=N;O=D", "#top", "a.xml?x=1", "https://evil.example.org/a.xml",
        "http://127.0.0.1:1/etalab/x/", "//evil.example.org/a.xml", "javascript:alert(1)", "file:///etc/passwd",
        "mailto:a@b.fr", "../../a.xml", "%2e%2e/a.xml", "sub/deeper/a.xml", "..%2fa.xml", "http://[::1/a.xml",
        "a\\..\\b",
    ],
)  # fmt: skip
def test_links_that_lead_out_of_a_folder_are_not_followed(link):
    found = read_index(index(link, "in.xml"), "https://x.example.org/etalab/x/")
    assert found.files == ["https://x.example.org/etalab/x/in.xml"]
    assert found.folders == []


def test_other_forms_of_an_index_are_read():
    body = (
        b'<html><table><tr><td><a href="A/">A</a><td><a href="b.XML">b</a></table><pre><a href=c.xml>c</a></pre></html>'
    )
    found = read_index(body, "https://x.example.org/")
    assert found.folders == ["https://x.example.org/A/"]
    assert found.files == ["https://x.example.org/b.XML", "https://x.example.org/c.xml"]


@pytest.mark.parametrize("body", [b"", b"\x00\x01", b"   ", b"<html>Welcome</html>"])
def test_what_is_no_page_is_no_index(body):
    with pytest.raises(ListingFailed):
        read_index(body, "https://x.example.org/")


def test_a_folder_that_cannot_be_read_leaves_the_listing_incomplete():
    routes = {"/": index("a/", "b/"), "/a/": (500, {}, b""), "/b/": index("x.xml")}
    with serving(routes) as remote:
        found = list(backend(MaafBackend, f"{remote.url}/").pages())
        assert [len(page.records) for page in found] == [0, 0, 1]
        assert [page.complete for page in found] == [True, False, True]
        assert found[1].failures[0][0] == f"{remote.url}/a/"


def test_a_server_that_fails_all_along_ends_the_run():
    with serving({"/": index("a/", "b/", "c/", "d/")}) as remote, pytest.raises(RemoteError):
        list(backend(MaafBackend, f"{remote.url}/").pages())


def test_the_first_folder_must_be_there():
    with serving({}) as remote, pytest.raises(RemoteError):
        list(backend(MaafBackend, f"{remote.url}/").pages())


def test_folders_without_end_are_cut():
    with serving(lambda path, query, body: index("again/")) as remote:
        found = list(backend(MaafBackend, f"{remote.url}/").pages())
        assert len(found) == 13
        assert not found[-1].complete


def test_a_cursor_leads_nowhere_else():
    with serving(recorded) as remote:
        instance = backend(MaafBackend, f"{remote.url}/etalab/")
        assert list(instance.pages({"todo": ["http://10.0.0.1/", f"{remote.url}/private/", 3]})) == []
        assert remote.requests == []


# --- Descriptors -----------------------------------------------------------------------------------------------------


def test_every_recorded_descriptor_becomes_a_dataset():
    with serving(recorded) as remote:
        instance = backend(MaafBackend, f"{remote.url}/etalab/")
        raws = {instance.identify(raw): raw for raw in read_all(instance)}
        drafts = {name: instance.map(raw) for name, raw in raws.items()}
    assert all(not draft.warnings for name, draft in drafts.items() if name != FIRST)
    first = drafts[FIRST].as_json()
    assert first.pop("remote_url").endswith(f"/etalab/ALIM/EPHY/{FIRST}.xml")
    assert first.pop("description").startswith("Produits phytopharmaceutiques vus par leurs substances.")
    assert first == {
        "title": "Les produits phytopharmaceutiques vus par leurs substances",
        "remote_id": FIRST,
        "licenses": ["fr-lo"],
        "tags": ["autorisation", "phytosanitaire", "produit", "substance-active"],
        "contacts": [
            {
                "name": "Service de publication des données ouvertes",
                "email": "support@agriculture.example.fr",
                "role": "creator",
            },
            {
                "name": "Ministère de l’Agriculture, de l’Agroalimentaire et de la Forêt",
                "role": "publisher",
            },
        ],
        "extras": {"Quartier": "SIAL", "Source": "EPHY", "ETL": "0", "groups": ["Agriculture et Alimentation"]},
        "frequency": "annual",
        "zones": ["country:fr"],
        "granularity": "country",
        "resources": [
            {
                "url": f"{FILES}/ALIM/EPHY/{FIRST}_2013-11-26.csv",
                "title": "Produits phytopharmaceutiques",
                "description": "Données brutes produites le 2013-11-26",
                "format": "csv",
                "type": "main",
                "checksum_type": "sha256",
                "checksum_value": fixture(f"{FOLDERS}/ALIM/EPHY/{FIRST}_2013-11-26.cle").decode().strip(),
                "modified_at": "2013-11-26T00:00:00+00:00",
            }
        ],
    }
    usages = drafts["MINAGRI-ALIM-EPHY-Les_usages"]
    assert (usages.frequency, usages.granularity) == ("monthly", "fr:commune")
    assert [(one.format, one.type) for one in usages.resources] == [("csv", "main"), ("pdf", "documentation")]
    assert drafts["MINAGRI-FORET-IFN-Placettes"].frequency == "quarterly"


def test_a_checksum_is_only_fetched_beside_its_descriptor():
    inner = resource(format="csv", url="https://a.example.org/d/x.csv") + resource(
        format="CLE", url="http://10.0.0.1/secret/x.cle"
    )
    routes = {"/": index("x.xml", "x.cle"), "/x.xml": descriptor(inner), "/x.cle": "a" * 64}
    with serving(routes) as remote:
        instance = backend(MaafBackend, f"{remote.url}/")
        draft = instance.map(read_all(instance)[0])
        assert draft.resources[0].checksum_value == "a" * 64
        del routes["/x.cle"]
        assert instance.map(read_all(instance)[0]).resources[0].checksum_value == ""
        routes["/"] = index("x.xml")
        remote.requests.clear()
        read_all(instance)
        assert remote.paths == ["/", "/x.xml"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("ponctuelle", "punctual"), ("temps réel", "continuous"), ("quotidienne", "daily"), ("hebdomadaire", "weekly"),
        ("bimensuelle", "semimonthly"), ("mensuelle", "monthly"), ("bimestrielle", "bimonthly"),
        ("trimestrielle", "quarterly"), ("semestrielle", "semiannual"), ("annuelle", "annual"),
        ("triennale", "triennial"), ("quinquennale", "quinquennial"), ("aucune", "never"),
        ("au fil de l'eau", "continuous"), ("Au fil de l’eau", "continuous"), ("MENSUELLE", "monthly"), ("", None),
    ],
)  # fmt: skip
def test_all_documented_frequencies_are_known(said, expected):
    draft = mapped(f"<frequency>{said}</frequency>")
    assert draft.frequency == expected
    assert draft.warnings == []


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2013", "2014", ("2013-01-01", "2014-12-31")),
        ("2013-12", "2014-02", ("2013-12-01", "2014-02-28")),
        ("2013-12-31", "2014-01-02", ("2013-12-31", "2014-01-02")),
        ("2013", "", ("2013-01-01", None)),
        ("", "", (None, None)),
        ("bientôt", "", (None, None)),
    ],
)
def test_a_period_may_be_of_days_months_or_years(first, last, expected):
    draft = mapped(f"<temporal_coverage_from>{first}</temporal_coverage_from><temporal_coverage_to>{last}"
                   "</temporal_coverage_to>")  # fmt: skip
    found = draft.temporal_start, draft.temporal_end
    assert tuple(one.isoformat() if one else None for one in found) == expected
    assert bool(draft.warnings) == (first == "bientôt")


@pytest.mark.parametrize(
    ("codes", "zones"),
    [
        ("Country/FR", ["country:fr"]), ("country/fr", ["country:fr"]), ("Country/MONDE", ["country-group:world"]),
        ("Country/BE", ["country:be"]), ("CommuneOfFrance/44109", ["fr:commune:44109"]),
        ("CommuneOfFrance/2A004/20000 AJACCIO", ["fr:commune:2a004"]), ("DepartmentOfFrance/44", ["fr:departement:44"]),
        ("RegionOfFrance/52,DepartmentOfFrance/44", ["fr:region:52", "fr:departement:44"]),
        ("IntercommunalityOfFrance/244400404", ["fr:epci:244400404"]), ("Planet/Mars", []),
        ("CommuneOfFrance/../x", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("nested", [True, False], ids=["nested", "flat"])
def test_territories_are_read_at_both_levels(codes, zones, nested):
    inner = (
        f"<territorial_coverage_code>{codes}</territorial_coverage_code>"
        "<territorial_coverage_granularity>Commune</territorial_coverage_granularity>"
    )
    draft = mapped(f"<territorial_coverage>{inner}</territorial_coverage>" if nested else inner)
    assert draft.zones == zones
    assert draft.granularity == "fr:commune"
    assert bool(draft.warnings) == (not zones)


@pytest.mark.parametrize("said", ["html", "xml", "json", "odt", "ods", "CSV", "pdf", "txt", "xlsx"])
def test_all_documented_formats_are_taken(said):
    assert mapped(resource(format=said, url="https://x.example.org/f")).resources[0].format == said.lower()


def test_one_wrong_value_costs_that_value_only():
    draft = mapped(
        "<frequency>parfois</frequency><author_email>nobody</author_email><author>A</author><private>0</private>"
        "<territorial_coverage><territorial_coverage_granularity>galaxie</territorial_coverage_granularity>"
        "</territorial_coverage>"
        + resource(url="javascript:alert(1)", name="x")
        + resource(url="https://x.example.org/a.csv")
    )
    assert len(draft.resources) == 1
    assert [one.partition("]")[0] for one in draft.warnings] == [
        "[frequency",
        "[territorial_coverage.territorial_coverage_granularity",
        "[resources.0.url",
    ]
    assert draft.extras["maaf:frequency"] == "parfois"


@pytest.mark.parametrize(("said", "private"), [("0", False), ("1", True), ("", False), ("true", True), ("non", False)])
def test_a_descriptor_may_be_private(said, private):
    assert mapped(f"<private>{said}</private>").private is private


@pytest.mark.parametrize("state", ["deleted", "draft"])
def test_a_dataset_that_is_not_active_is_skipped(state):
    with pytest.raises(ItemSkipped):
        mapped(f"<state>{state}</state>")


@pytest.mark.parametrize(
    "raw",
    [
        None, [], "x", {}, {"xml": None}, {"xml": ""}, {"xml": "<ETALAB/>"}, {"xml": "<ETALAB><metadata>"},
        {"xml": "<html><metadata/></html>"}, {"xml": '<!DOCTYPE x><ETALAB><metadata><id>a</id></metadata></ETALAB>'},
    ],
)  # fmt: skip
def test_what_is_no_descriptor_is_refused(raw):
    instance = backend(MaafBackend, "https://x.example.org/")
    with pytest.raises(ItemInvalid):
        instance.identify(raw)
    with pytest.raises(ItemInvalid):
        instance.map(raw)


def test_without_an_identifier_or_a_title_there_is_no_dataset():
    instance = backend(MaafBackend, "https://x.example.org/")
    with pytest.raises(ItemSkipped):
        instance.identify({"xml": descriptor(name="<title>A</title>")})
    with pytest.raises(ItemInvalid):
        mapped(name="<id>a</id>")


def test_a_checksum_goes_with_the_file_of_its_name():
    inner = (
        resource(format="csv", url="https://x.example.org/a_2014.csv", name="A")
        + resource(format="csv", url="https://x.example.org/b_2014.csv", name="B")
        + resource(format="cle", url="https://x.example.org/b_2014.cle")
    )
    draft = mapped(inner, keys={"https://x.example.org/b_2014.cle": f"{'B' * 64}\n"})
    assert [one.checksum_value for one in draft.resources] == ["", "b" * 64]
    draft = mapped(inner, keys={"https://x.example.org/b_2014.cle": "<html>"})
    assert [one.checksum_value for one in draft.resources] == ["", ""]
    assert draft.warnings == ["The checksum of B cannot be read."]
