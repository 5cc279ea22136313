"""The dumps: dialect, columns, visibility, freshness, transport."""

import csv
import gzip
import io
from datetime import UTC, date, datetime, timedelta

import pytest
import zstandard
from django.utils import timezone

from catalog.exports import stream
from catalog.models import ContactPoint, Dataset, DatasetBadge, Message, Tag
from catalog.services import derivation
from catalog.views.csv import choose_encoding
from harvest.models import Source
from tests.catalog.factories import (
    CommunityResourceFactory,
    DataserviceFactory,
    DatasetFactory,
    DiscussionFactory,
    LicenseFactory,
    MemberFactory,
    OrganizationFactory,
    ResourceFactory,
    ReuseFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

HEADERS = {
    "datasets": "id;title;slug;acronym;url;organization;organization_id;owner;owner_id;description;description_short;frequency;license;temporal_coverage.start;temporal_coverage.end;spatial.granularity;spatial.zones;spatial.geom;featured;created_at;last_modified;badges;tags;archived;resources_count;main_resources_count;resources_formats;harvest.backend;harvest.domain;harvest.remote_id;harvest.remote_url;harvest.uri;harvest.created_at;harvest.issued_at;harvest.modified_at;harvest.last_update;harvest.dct_identifier;quality_score;metric.discussions;metric.discussions_open;metric.reuses;metric.reuses_by_months;metric.dataservices;metric.followers;metric.followers_by_months;metric.views;metric.resources_downloads",  # noqa: E501
    "resources": "dataset.id;dataset.title;dataset.slug;dataset.url;dataset.organization;dataset.organization_id;dataset.license;dataset.private;dataset.archived;id;url;title;description;filetype;type;format;mime;filesize;checksum.type;checksum.value;created_at;modified;downloads;harvest.issued_at;harvest.modified_at;harvest.last_update;schema_name;schema_version;preview_url;extras",  # noqa: E501
    "organizations": "id;name;acronym;slug;url;description;logo;badges;created_at;last_modified;business_number_id;members_count;downloads;metric.dataservices;metric.dataservices_by_months;metric.datasets;metric.datasets_by_months;metric.datasets_followers_by_months;metric.datasets_reuses_by_months;metric.members;metric.reuses;metric.reuses_by_months;metric.reuses_followers_by_months;metric.dataservices;metric.followers;metric.views",  # noqa: E501
    "reuses": "id;title;slug;url;type;description;remote_url;organization;organization_id;owner;owner_id;image;featured;created_at;last_modified;archived;topic;tags;datasets;metric.discussions;metric.discussions_open;metric.datasets;metric.followers;metric.followers_by_months;metric.views",  # noqa: E501
    "dataservices": "id;title;slug;acronym;url;description;base_api_url;machine_documentation_url;technical_documentation_url;business_documentation_url;authorization_request_url;availability;rate_limiting;access_type;license;organization;organization_id;owner;owner_id;featured;created_at;metadata_modified_at;archived;tags;datasets;harvest.backend;harvest.domain;harvest.remote_id;harvest.remote_url;harvest.uri;harvest.created_at;harvest.issued_at;harvest.modified_at;harvest.last_update;metric.discussions;metric.discussions_open;metric.followers;metric.followers_by_months;metric.reuses;metric.views",  # noqa: E501
    "harvests": "id;name;url;organization;organization_id;backend;created_at;validation;config",
    "tags": "name;datasets;reuses;total",
    "discussions": "id;user;subject;subject_class;subject_id;title;size;participants;messages;created;closed;closed_by;closed_by_id;closed_by_organization;closed_by_organization_id",  # noqa: E501
}


def body(response) -> str:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def rows(response) -> list[dict[str, str]]:
    text = body(response)
    assert text.endswith("\r\n")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def raw_cells(response) -> list[str]:
    """The cells of the first row as they stand, quotes included (for rows without `;` in texts)."""
    return body(response).split("\r\n")[1].split(";")


@pytest.mark.parametrize("name", HEADERS)
def test_the_header_is_udatas_at_every_address(client, name):
    quoted = ";".join(f'"{column}"' for column in HEADERS[name].split(";")) + "\r\n"
    for prefix in ["/", "/fr/", "/api/1/site/"]:
        response = client.get(f"{prefix}{name}.csv")
        assert body(response) == quoted
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        base = "harvest" if name == "harvests" else name
        assert response["Content-Disposition"].startswith(f"attachment; filename={base}-2")


def test_texts_with_separators_quotes_and_newlines_survive(client):
    nasty = 'a;b "c"\r\nd\ne\'f, \\ \t é 日本 🎉 \\N'
    dataset = DatasetFactory(title=nasty, description=nasty)
    ResourceFactory(dataset=dataset, title=nasty, extras={"clé": nasty})
    (row,) = rows(client.get("/datasets.csv"))
    assert (row["title"], row["description"]) == (nasty, nasty)
    (row,) = rows(client.get("/resources.csv"))
    assert (row["dataset.title"], row["title"]) == (nasty, nasty)


def test_every_cell_of_a_dataset(client, settings):
    settings.SITE_URL = "https://data.example.org"
    moment = datetime(2020, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)
    organization = OrganizationFactory(name="City")
    dataset = DatasetFactory(
        title="Trees", acronym="T", description="d" * 101, frequency="daily", license=LicenseFactory(),
        organization=organization, temporal_start=date(2020, 1, 1), temporal_end=date(2020, 12, 31),
        spatial_granularity="country", featured=True, created_at_internal=moment, last_modified_internal=moment,
        harvest={"backend": "dcat", "remote_id": "r1", "created_at": "2019-01-01T00:00:00+00:00"},
        metric_views=3, metric_months={"reuses_by_months": {"2025-11": 0, "2025-12": 2}}, tags=["zoo", "arbre"],
    )  # fmt: skip
    dataset.spatial_zones.add("country:fr")
    DatasetBadge.objects.create(dataset=dataset, kind="hvd")
    ResourceFactory(dataset=dataset, format="geojson", type="documentation", last_modified_internal=moment)
    ResourceFactory(dataset=dataset, format="csv", last_modified_internal=moment)
    CommunityResourceFactory(dataset=dataset)
    derivation.refresh([dataset.pk])
    cells = dict(zip(HEADERS["datasets"].split(";"), raw_cells(client.get("/datasets.csv")), strict=True))
    assert cells == dict.fromkeys(cells, '""') | {
        "id": f'"{dataset.pk}"', "title": '"Trees"', "slug": '"trees"', "acronym": '"T"',
        "url": '"https://data.example.org/datasets/trees/"', "organization": '"City"',
        "organization_id": f'"{organization.pk}"', "description": f'"{"d" * 101}"', "frequency": '"daily"',
        "license": '"Licence Ouverte / Open Licence version 2.0"', "temporal_coverage.start": '"2020-01-01"',
        "temporal_coverage.end": '"2020-12-31"', "spatial.granularity": '"country"', "spatial.zones": '"France"',
        "featured": "True", "created_at": '"2019-01-01T00:00:00.000000"',
        "last_modified": '"2020-01-02T03:04:05.006000"', "badges": '"hvd"', "tags": '"arbre,zoo"',
        "archived": "False", "resources_count": "2", "main_resources_count": "1",
        "resources_formats": '"csv,geojson"', "harvest.backend": '"dcat"', "harvest.remote_id": '"r1"',
        "harvest.created_at": '"2019-01-01T00:00:00"', "quality_score": '"0.89"', "metric.discussions": "0",
        "metric.discussions_open": "0", "metric.reuses": "0",
        "metric.reuses_by_months": "\"{'2025-11': 0, '2025-12': 2}\"", "metric.dataservices": "0",
        "metric.followers": "0", "metric.followers_by_months": "0", "metric.views": "3",
        "metric.resources_downloads": "0",
    }  # fmt: skip


def test_the_score_of_the_file_is_the_score_of_the_api(client, api):
    for fields in [{}, {"frequency": "monthly"}, {"frequency": "daily", "license": LicenseFactory()}]:
        old = timezone.now() - timedelta(days=20)
        dataset = DatasetFactory(created_at_internal=old, last_modified_internal=old, **fields)
        derivation.refresh_one(dataset)
    scores = {row["id"]: row["quality_score"] for row in rows(client.get("/datasets.csv"))}
    for row in api.get("/api/1/datasets/").json()["data"]:
        assert scores[row["id"]] == f"{row['quality']['score']:.2f}"


def test_every_cell_of_a_resource(client):
    moment = datetime(2020, 1, 2, tzinfo=UTC)
    resource = ResourceFactory(
        title="File", mime="text/csv", filesize=12, checksum_type="sha1", checksum_value="ab", metric_views=4,
        schema_name="etalab/x", schema_version="1.0", created_at_internal=moment, last_modified_internal=moment,
        dataset__archived=moment, extras={"a": 1},
    )  # fmt: skip
    cells = dict(zip(HEADERS["resources"].split(";"), raw_cells(client.get("/resources.csv")), strict=True))
    assert cells["id"] == f'"{resource.pk}"'
    assert (cells["filesize"], cells["downloads"], cells["dataset.private"]) == ("12", "4", "False")
    assert cells["dataset.archived"] == cells["created_at"] == '"2020-01-02T00:00:00.000000"'
    assert cells["dataset.license"] == '"License Not Specified"'
    assert cells["extras"] == '"{""a"": 1}"'
    ResourceFactory(dataset=resource.dataset, title="Bare")
    (bare,) = [row for row in rows(client.get("/resources.csv")) if row["title"] == "Bare"]
    assert (bare["filesize"], bare["downloads"], bare["checksum.type"]) == ("", "0", "")


def test_site_files_hold_public_and_archived_objects_only_whoever_asks(client):
    shown, shelved = DatasetFactory(), DatasetFactory(shelved=True)
    hidden = [DatasetFactory(draft=True), DatasetFactory(gone=True)]
    for dataset in [shown, shelved, *hidden]:
        ResourceFactory(dataset=dataset)
        DiscussionFactory(dataset=dataset)
    client.force_login(UserFactory(admin=True))
    wanted = {shown.pk, shelved.pk}
    assert {row["id"] for row in rows(client.get("/datasets.csv"))} == wanted
    assert {row["dataset.id"] for row in rows(client.get("/resources.csv"))} == wanted
    assert {row["subject_id"] for row in rows(client.get("/discussions.csv"))} == wanted


def test_organization_files_leave_archives_out(client):
    organization = OrganizationFactory()
    shown = ResourceFactory(dataset__organization=organization).dataset
    for state in ["shelved", "draft", "gone"]:
        ResourceFactory(dataset=DatasetFactory(organization=organization, **{state: True}))
    ResourceFactory()
    client.force_login(MemberFactory(organization=organization, role="admin").user)
    for key in [organization.pk, organization.slug]:
        for prefix in ["/", "/api/1/"]:
            base = f"{prefix}organizations/{key}/"
            response = client.get(f"{base}datasets.csv")
            assert f"filename={organization.slug}-datasets-2" in response["Content-Disposition"]
            assert [row["id"] for row in rows(response)] == [shown.pk]
            (resource,) = rows(client.get(f"{base}datasets-resources.csv"))
            assert resource["dataset.id"] == shown.pk
            assert rows(client.get(f"{base}dataservices.csv")) == []


def test_an_organization_that_moved_or_went(client):
    organization = OrganizationFactory(name="Old name")
    organization.name = "New name"
    organization.save()
    answer = client.get("/api/1/organizations/old-name/datasets.csv")
    assert (answer.status_code, answer["Location"]) == (308, "/api/1/organizations/new-name/datasets.csv")
    assert client.get("/api/1/organizations/nobody/datasets.csv").status_code == 404
    organization.deleted = timezone.now()
    organization.save()
    answer = client.get("/organizations/new-name/datasets.csv")
    assert (answer.status_code, answer.json()) == (410, {"message": "Organization has been deleted"})


def test_filters_and_sort_are_those_of_the_list_and_pages_are_ignored(client):
    for title in ["Bees", "Ants", "Cats"]:
        ResourceFactory(dataset=DatasetFactory(title=title, tags=["animal"]))
    DatasetFactory(title="Stone")
    titles = [row["title"] for row in rows(client.get("/datasets.csv?tag=animal&sort=title&page=2&page_size=1"))]
    assert titles == ["Ants", "Bees", "Cats"]
    titles = [row["dataset.title"] for row in rows(client.get("/resources.csv?tag=animal&sort=-title&format=csv"))]
    assert titles == ["Cats", "Bees", "Ants"]
    assert client.get("/datasets.csv?sort=zz").json()["errors"]["sort"]
    assert client.get("/datasets.csv?organization=zz").status_code == 400
    assert client.get("/datasets.csv?private=true").status_code == 401
    assert rows(client.get("/datasets.csv?temporal_coverage=zz")) == []


def test_organizations_reuses_dataservices_and_tags(client):
    organization = OrganizationFactory(name="City", badges=["certified", "public-service"], metric_views=2)
    MemberFactory(organization=organization)
    dataset = DatasetFactory(organization=organization, metric_resources_downloads=7, tags=["eau", "air"])
    DatasetFactory(organization=organization, metric_resources_downloads=5, draft=True, tags=["secret"])
    reuse = ReuseFactory(title="App")
    reuse.datasets.add(dataset)
    reuse.tags.set(Tag.objects.named(["eau"]))
    service = DataserviceFactory(title="API", organization=organization, availability=99.5)
    service.datasets.add(dataset)
    DataserviceFactory(availability=100)
    text = body(client.get("/organizations.csv"))
    assert text.count('metric.dataservices"') == 2
    (row,) = [row for row in rows(client.get("/organizations.csv")) if row["name"] == "City"]
    assert (row["badges"], row["members_count"], row["downloads"]) == ("certified,public-service", "1", "7")
    (row,) = rows(client.get("/reuses.csv"))
    assert (row["datasets"], row["tags"], row["owner"], row["featured"]) == (
        dataset.pk, "eau", reuse.owner.slug, "False",
    )  # fmt: skip
    services = {row["title"]: row for row in rows(client.get("/dataservices.csv"))}
    assert services["API"]["availability"] == "99.5"
    assert services["API"]["datasets"] == dataset.pk
    assert {row["availability"] for row in services.values()} == {"99.5", "100.0"}
    assert rows(client.get("/tags.csv")) == [
        {"name": "eau", "datasets": "1", "reuses": "1", "total": "2"},
        {"name": "air", "datasets": "1", "reuses": "0", "total": "1"},
    ]


def test_discussions_hold_their_messages(client):
    user = UserFactory(first_name="Ada", last_name="Byron")
    discussion = DiscussionFactory(user=user, title="Why?", closed_by=user, closed=timezone.now())
    for content in ["First\nline", "Second"]:
        Message.objects.create(discussion=discussion, content=content, posted_by=user)
    (row,) = rows(client.get("/discussions.csv"))
    assert (row["user"], row["subject"], row["subject_class"]) == ("Ada Byron", discussion.dataset.title, "Dataset")
    assert (row["size"], row["participants"], row["messages"]) == ("2", user.pk, "First line\nSecond")
    assert row["closed_by_id"] == user.pk


def test_a_harvest_source_keeps_its_secrets(client):
    Source.objects.create(
        name="Remote", url="https://me:hidden@example.org/", backend="ckan",
        config={"apikey": "hidden", "extra_configs": [{"key": "token", "value": "hidden"}], "q": "water"},
    )  # fmt: skip
    text = body(client.get("/harvests.csv"))
    assert "hidden" not in text
    assert "water" in text


def test_a_change_is_in_the_next_answer_and_in_the_etag(client):
    dataset = DatasetFactory(title="Before")
    first = client.get("/datasets.csv")
    assert [row["title"] for row in rows(first)] == ["Before"]
    again = client.get("/datasets.csv", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Dataset.objects.filter(pk=dataset.pk).update(title="After")
    fresh = client.get("/datasets.csv", headers={"if-none-match": first["ETag"]})
    assert [row["title"] for row in rows(fresh)] == ["After"]
    ContactPoint.objects.create(name="Nobody", email="a@example.org")
    assert client.get("/datasets.csv", headers={"if-none-match": fresh["ETag"]}).status_code == 304


def test_head_tells_all_but_the_rows(client):
    DatasetFactory()
    head, full = client.head("/datasets.csv"), client.get("/datasets.csv")
    assert b"".join(head.streaming_content) == b""
    for name in ["ETag", "Content-Type", "Vary"]:
        assert head[name] == full[name]
    assert client.post("/datasets.csv").status_code == 405


def test_bodies_are_compressed_as_the_client_likes(client):
    DatasetFactory(title="Été")
    plain = body(client.get("/datasets.csv"))
    zipped = client.get("/datasets.csv", headers={"accept-encoding": "gzip, deflate"})
    assert zipped["Content-Encoding"] == "gzip"
    assert gzip.decompress(b"".join(zipped.streaming_content)).decode() == plain
    squeezed = client.get("/datasets.csv", headers={"accept-encoding": "gzip;q=0.5, zstd"})
    assert squeezed["Content-Encoding"] == "zstd"
    reader = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(b"".join(squeezed.streaming_content)))
    assert reader.read().decode() == plain
    assert "Accept-Encoding" in squeezed["Vary"]


@pytest.mark.parametrize(
    ("header", "encoding"),
    [("", "identity"), ("br", "identity"), ("gzip", "gzip"), ("*", "zstd"), ("gzip;q=0", "identity"),
     ("gzip;q=x", "identity"), ("zstd;q=0.1, gzip;q=0.9", "gzip"), ("identity;q=1, gzip;q=0.2", "identity")],
)  # fmt: skip
def test_the_encoding_follows_the_header(header, encoding):
    assert choose_encoding(header) == encoding


def test_the_header_leaves_before_the_first_row(client):
    DatasetFactory()
    response = client.get("/datasets.csv")
    chunks = iter(response.streaming_content)
    assert next(chunks).decode().startswith('"id";"title"')
    assert b"Dataset" in next(chunks)
    response.close()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_too_many_dumps_at_once_are_put_off(client, settings):
    settings.CSV_MAX_CONCURRENT_DUMPS = 2
    DatasetFactory()
    running = [client.get("/datasets.csv") for _ in range(2)]
    refused = client.get("/datasets.csv")
    assert (refused.status_code, refused["Retry-After"]) == (503, "10")
    assert "Content-Disposition" not in refused
    for response in running:
        response.close()
    assert len(rows(client.get("/datasets.csv"))) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_reader_who_leaves_frees_her_slot(client, settings):
    settings.CSV_MAX_CONCURRENT_DUMPS = 1
    DatasetFactory.create_batch(3, description="x" * 90_000)
    left = client.get("/datasets.csv")
    chunks = iter(left.streaming_content)
    next(chunks), next(chunks)
    left.close()
    assert len(rows(client.get("/datasets.csv"))) == 3


def test_formulas_are_disarmed_on_demand_only(client, settings):
    DatasetFactory(title="=1+1")
    assert rows(client.get("/datasets.csv"))[0]["title"] == "=1+1"
    settings.CSV_ESCAPE_FORMULAS = True
    assert rows(client.get("/datasets.csv"))[0]["title"] == "'=1+1"


def test_control_characters_do_not_break_the_stream(client):
    DatasetFactory(title="a\x01b\x02c")
    assert len(rows(client.get("/datasets.csv"))) == 1
    assert stream.QUOTE == b"\x01"
