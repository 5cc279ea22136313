"""What is indexed of each kind, and how lists are filtered, counted and sorted by it. Every engine reads this."""

from dataclasses import dataclass, field

# Field -> weight beside the whole text, measured with `bench.relevance`: a tag was chosen as carefully as the title.
TEXTS = {"title": 5.0, "organization_words": 1.5, "tag_words": 5.0}
WHOLE = "words"  # the field that holds all words: what a query must match

KEYWORDS = (
    "access_type", "archived", "badge", "category", "closed", "dataset", "featured", "format", "format_family",
    "geozone", "granularity", "license", "name", "object_type", "organization", "organization_badge",
    "organization_id_with_name", "organization_name", "owner", "producer_type", "schema", "slug", "subject", "tag",
    "topic", "type", "user",
)  # fmt: skip
NUMBERS = (
    "closed_at", "covers_from", "covers_until", "created", "datasets", "followers", "last_modified", "last_update",
    "published", "reuses", "views",
)  # fmt: skip
# Facets are counted over these alone: a column costs memory.
COUNTED = (
    "access_type", "badge", "format", "format_family", "geozone", "granularity", "license", "object_type",
    "organization_id_with_name", "producer_type", "schema", "tag", "topic", "type",
)  # fmt: skip
DAY = 86_400  # seconds
FOREVER = 2**40  # seconds: an end that is not said
MAX_TERMS = 50  # of a facet

# Families of formats, as udata's search groups them.
FORMAT_FAMILIES = {
    "tabular": ["csv", "parquet", "xls", "xlsx", "ods", "tsv", "csv.gz"],
    "machine_readable": ["json", "xml", "rdf", "ttl", "sql", "jsonl", "n3", "jsonld", "api"],
    "geographical": ["geojson", "shp", "kml", "kmz", "gpx", "gpkg", "wms", "wfs", "topojson", "osm", "pmtiles"],
    "documents": ["pdf", "doc", "docx", "odt", "rtf", "txt", "md", "html", "htm"],
}
FAMILY_OF = {name: family for family, names in FORMAT_FAMILIES.items() for name in names}
UPDATE_RANGES = {"last_30_days": 30, "last_12_months": 365, "last_3_years": 3 * 365}  # days
PRODUCER_TYPES = ("public-service", "local-authority", "association", "company", "user", "not-specified")


@dataclass(frozen=True, slots=True)
class Filter:
    """How one argument filters: by a keyword (`every`: all values given must be there), or by an age or period."""

    field: str
    form: str = "terms"  # terms, flag, age, period, restricted
    every: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """What a facet counts, and the filter that is its own."""

    field: str
    own: str
    form: str = "terms"  # terms or age


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object: arguments, facets and sorts by the names of udata's API."""

    filters: dict[str, Filter]
    facets: dict[str, Facet]
    sorts: dict[str, str]
    implied: dict[str, str] = field(default_factory=dict)  # filters that hold unless they are given


TAG = Filter("tag", every=True)
FLAG = Filter("featured", "flag")
ORGANIZATION = Filter("organization")
PRODUCER = Filter("producer_type")
OWNED = {"organization": ORGANIZATION, "owner": Filter("owner"), "organization_badge": Filter("organization_badge")}


def _facets(*names: str, age: str = "") -> dict[str, Facet]:
    own = {"organization_id_with_name": "organization", "topics": "topic"}
    fields = {"topics": "topic"}
    plain = {name: Facet(fields.get(name, name), own.get(name, name)) for name in names}
    return plain | ({"last_update": Facet(age, "last_update_range", "age")} if age else {})


KINDS = {
    "dataset": Kind(
        filters={
            **OWNED, "tag": TAG, "featured": FLAG, "producer_type": PRODUCER,
            **{
                name: Filter(name)
                for name in (
                    "badge", "organization_name", "license", "geozone", "granularity", "format", "schema", "topic",
                    "access_type", "format_family",
                )
            },
            "temporal_coverage": Filter("covers_from", "period"),
            "last_update_range": Filter("last_update", "age"),
        },
        facets=_facets(
            "format_family", "access_type", "producer_type", "organization_id_with_name", "tag", "license", "format",
            "schema", "geozone", "granularity", "badge", "topics", age="last_update",
        ),
        sorts={
            "title": "name", "created": "created", "last_update": "last_update", "reuses": "reuses",
            "followers": "followers", "views": "views",
        },
    ),
    "dataservice": Kind(
        filters={
            **OWNED, "tag": TAG, "featured": FLAG, "producer_type": PRODUCER, "topic": Filter("topic"),
            "archived": Filter("archived", "flag"), "access_type": Filter("access_type"), "badge": Filter("badge"),
            "is_restricted": Filter("access_type", "restricted"), "dataset": Filter("dataset"),
            "last_update_range": Filter("last_modified", "age"),
        },
        facets=_facets(
            "access_type", "badge", "organization_id_with_name", "producer_type", "tag", age="last_modified"
        ),
        sorts={
            "title": "name", "created": "created", "last_modified": "last_modified", "views": "views",
            "followers": "followers",
        },
        implied={"archived": "false"},
    ),
    "reuse": Kind(
        filters={
            **OWNED, "tag": TAG, "featured": FLAG, "producer_type": PRODUCER, "type": Filter("type"),
            "badge": Filter("badge"), "topic": Filter("topic"), "archived": Filter("archived", "flag"),
            "dataset": Filter("dataset"), "last_update_range": Filter("last_modified", "age"),
        },
        facets=_facets(
            "badge", "organization_id_with_name", "producer_type", "tag", "topic", "type", age="last_modified"
        ),
        sorts={
            "title": "name", "created": "created", "last_modified": "last_modified", "datasets": "datasets",
            "followers": "followers", "views": "views",
        },
        implied={"archived": "false"},
    ),
    "organization": Kind(
        filters={"badge": Filter("badge"), "producer_type": PRODUCER},
        facets=_facets("producer_type", "badge"),
        sorts={
            "name": "name", "reuses": "reuses", "datasets": "datasets", "followers": "followers", "views": "views",
            "created": "created", "last_modified": "last_modified",
        },
    ),
    "topic": Kind(
        filters={
            "organization": ORGANIZATION, "owner": Filter("owner"), "tag": TAG, "featured": FLAG,
            "producer_type": PRODUCER, "last_update_range": Filter("last_modified", "age"),
            "geozone": Filter("geozone"), "granularity": Filter("granularity"),
        },
        facets=_facets("organization_id_with_name", "producer_type", "tag", age="last_modified"),
        sorts={"name": "name", "created": "created", "last_modified": "last_modified"},
    ),
    "discussion": Kind(
        filters={
            "closed": Filter("closed", "flag"), "last_update_range": Filter("last_modified", "age"),
            "object_type": Filter("object_type"), "for": Filter("subject"), "org": ORGANIZATION, "user": Filter("user"),
        },
        facets=_facets("object_type", age="last_modified"),
        sorts={"title": "name", "created": "created", "closed": "closed_at", "last_modified": "last_modified"},
    ),
    "post": Kind(
        filters={"tag": TAG, "last_update_range": Filter("last_modified", "age"), "kind": Filter("category")},
        facets=_facets("tag", age="last_modified"),
        sorts={
            "name": "name", "created": "created", "last_modified": "last_modified", "published": "published",
        },
    ),
}  # fmt: skip
