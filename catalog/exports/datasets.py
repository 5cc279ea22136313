"""Columns of `datasets.csv` and of `resources.csv`."""

from django.db.models import BooleanField, Case, F, Func, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce, Now

from catalog.exports import cells
from catalog.exports.base import Columns, Export
from catalog.filters.dataset import DatasetSearchFilter
from catalog.models import Dataset, DatasetBadge, GeoZone, Resource, Tag, quality

# Every criterion that scores: `has_resources` does not.
FLAGS = [
    quality.LICENSE, quality.TEMPORAL_COVERAGE, quality.SPATIAL, quality.UPDATE_FREQUENCY, quality.DESCRIPTION,
    quality.OPEN_FORMAT, quality.ALL_AVAILABLE, quality.DOCUMENTATION,
]  # fmt: skip


class Score(Func):
    """The quality score with two decimals, quoted; see `catalog.models.quality.score`."""

    output_field = TextField()
    met = " + ".join(f"CASE WHEN (%(flags)s & {flag}) <> 0 THEN 1 ELSE 0 END" for flag in FLAGS)
    in_time = f"CASE WHEN (%(flags)s & {quality.UPDATE_FREQUENCY}) <> 0 AND NOT %(late)s THEN 1 ELSE 0 END"

    def __init__(self) -> None:
        late = Case(
            When(Q(update_due_at__lt=Now()), then=Value(True)), default=Value(False), output_field=BooleanField()
        )
        super().__init__(F("quality_flags"), late)

    def as_sql(self, compiler, connection, **context):
        (flags, _none), (late, parameters) = (compiler.compile(one) for one in self.get_source_expressions())
        points = f"({self.met} + {self.in_time})" % {"flags": flags, "late": late}
        if connection.vendor == "sqlite":
            return f"""'"' || PRINTF('%%.2f', {points} / {quality.CRITERIA}.0) || '"'""", parameters
        return f"""'"' || TO_CHAR({points} / {quality.CRITERIA}.0, 'FM0.00') || '"'""", parameters


def joined_zones() -> cells.Text:
    zones = GeoZone.objects.filter(datasets=OuterRef("pk")).order_by("pk")
    return cells.Text(cells.Joined(zones, "name"))


def joined_tags(related: str) -> cells.Text:
    return cells.Text(cells.Joined(Tag.objects.filter(**{related: OuterRef("pk")}).order_by("name"), "name"))


def joined_formats() -> cells.Text:
    formats = Resource.objects.filter(dataset=OuterRef("pk")).exclude(format="").order_by("format")
    return cells.Text(cells.Joined(formats.distinct().values("format"), "format"))


def resources_of(**conditions: object) -> QuerySet[Resource]:
    return Resource.objects.filter(dataset=OuterRef("pk"), **conditions)


def license_title(prefix: str = "") -> cells.Text:
    """The licence's title; data is `notspecified` until a licence is given, as in the API."""
    unspecified = Case(When(**{f"{prefix}access_type": "open"}, then=Value("License Not Specified")), default=Value(""))
    return cells.text(Coalesce(F(f"{prefix}license__title"), unspecified, output_field=TextField()))


def owner_columns() -> Columns:
    return [
        ("organization", cells.text("organization__name")),
        ("organization_id", cells.Text("organization_id")),
        ("owner", cells.Text("owner__slug")),
        ("owner_id", cells.Text("owner_id")),
    ]


def harvest_columns() -> Columns:
    return [
        ("harvest.backend", cells.harvested("backend")),
        ("harvest.domain", cells.harvested("domain")),
        ("harvest.remote_id", cells.harvested("remote_id")),
        ("harvest.remote_url", cells.harvested("remote_url")),
        ("harvest.uri", cells.harvested("uri")),
        ("harvest.created_at", cells.harvest_date("created_at")),
        ("harvest.issued_at", cells.harvest_date("issued_at")),
        ("harvest.modified_at", cells.harvest_date("modified_at")),
        ("harvest.last_update", cells.harvest_date("last_update")),
    ]


def dataset_columns() -> Columns:
    badges = DatasetBadge.objects.filter(dataset=OuterRef("pk")).order_by("created", "pk")
    return [
        ("id", cells.Text("id")),
        ("title", cells.text("title")),
        ("slug", cells.Text("slug")),
        ("acronym", cells.text("acronym")),
        ("url", cells.page("datasets")),
        *owner_columns(),
        ("description", cells.text("description")),
        ("description_short", cells.text("description_short")),
        ("frequency", cells.Text("frequency")),
        ("license", license_title()),
        ("temporal_coverage.start", cells.Date("temporal_start")),
        ("temporal_coverage.end", cells.Date("temporal_end")),
        ("spatial.granularity", cells.Text("spatial_granularity")),
        ("spatial.zones", joined_zones()),
        ("spatial.geom", cells.Json("spatial_geom")),
        ("featured", cells.Boolean("featured")),
        ("created_at", cells.DateTime("created_at")),
        ("last_modified", cells.DateTime("last_modified")),
        ("badges", cells.Text(cells.Joined(badges, "kind"))),
        ("tags", joined_tags("datasets")),
        ("archived", cells.DateTimeOrFalse("archived")),
        ("resources_count", cells.Number(cells.count_of(resources_of()))),
        ("main_resources_count", cells.Number(cells.count_of(resources_of(type="main")))),
        ("resources_formats", joined_formats()),
        *harvest_columns(),
        ("harvest.dct_identifier", cells.harvested("dct_identifier")),
        ("quality_score", Score()),
        ("metric.discussions", cells.Number("metric_discussions")),
        ("metric.discussions_open", cells.Number("metric_discussions_open")),
        ("metric.reuses", cells.Number("metric_reuses")),
        ("metric.reuses_by_months", cells.Months("reuses_by_months")),
        ("metric.dataservices", cells.Number("metric_dataservices")),
        ("metric.followers", cells.Number("metric_followers")),
        ("metric.followers_by_months", cells.Months("followers_by_months")),
        ("metric.views", cells.Number("metric_views")),
        ("metric.resources_downloads", cells.Number("metric_resources_downloads")),
    ]


def resource_columns() -> Columns:
    return [
        ("dataset.id", cells.Text("dataset_id")),
        ("dataset.title", cells.text("dataset__title")),
        ("dataset.slug", cells.Text("dataset__slug")),
        ("dataset.url", cells.page("datasets", "dataset__slug")),
        ("dataset.organization", cells.text("dataset__organization__name")),
        ("dataset.organization_id", cells.Text("dataset__organization_id")),
        ("dataset.license", license_title("dataset__")),
        ("dataset.private", cells.Boolean("dataset__private")),
        ("dataset.archived", cells.DateTimeOrFalse("dataset__archived")),
        ("id", cells.Text(cells.uuid_text("id"))),
        ("url", cells.media("file", "url")),
        ("title", cells.text("title")),
        ("description", cells.text("description")),
        ("filetype", cells.Text("filetype")),
        ("type", cells.Text("type")),
        ("format", cells.text("format")),
        ("mime", cells.text("mime")),
        ("filesize", cells.Number("filesize")),
        ("checksum.type", cells.Text("checksum_type")),
        ("checksum.value", cells.text("checksum_value")),
        ("created_at", cells.DateTime("created_at")),
        ("modified", cells.DateTime("last_modified")),
        ("downloads", cells.Number(Coalesce("metric_views", 0))),
        ("harvest.issued_at", cells.harvest_date("issued_at")),
        ("harvest.modified_at", cells.harvest_date("modified_at")),
        ("harvest.last_update", cells.harvest_date("last_update")),
        ("schema_name", cells.text("schema_name")),
        ("schema_version", cells.text("schema_version")),
        ("preview_url", cells.preview()),
        ("extras", cells.Json("extras")),
    ]


def resources_of_datasets(datasets: QuerySet[Dataset]) -> QuerySet[Resource]:
    """Return the resources of these datasets; in the datasets' order when they are sorted."""
    resources = Resource.objects.order_by().filter(dataset__in=datasets.order_by().values("pk"))
    order = datasets.query.order_by
    if not order:
        return resources
    through = [f"-dataset__{name[1:]}" if name.startswith("-") else f"dataset__{name}" for name in order]
    return resources.order_by(*through, "position", "pk")


SHOWN = ("dataset", "resource", "organization", "license", "tag", "geozone", "user")

DATASETS = Export(
    name="datasets",
    columns=dataset_columns,
    objects=lambda: Dataset.objects.public().order_by(),
    filterset=DatasetSearchFilter,
    kinds=SHOWN,
    timely=True,
)
RESOURCES = Export(
    name="resources",
    columns=resource_columns,
    objects=lambda: Dataset.objects.public().order_by(),
    filterset=DatasetSearchFilter,
    rows=resources_of_datasets,
    kinds=SHOWN,
)
