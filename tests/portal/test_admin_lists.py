"""Every list of the administration: it opens, it is searched, and its length costs no query."""

from uuid import UUID

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import (
    AuditEntry,
    BulkJob,
    DatasetBadge,
    OrganizationBadge,
    OutboxEvent,
    Page,
    PendingChange,
    Report,
    Review,
    SearchSynonym,
    SlugHistory,
)
from harvest.models import Source
from portal.lib.ids import PublicIdModel
from portal.models import ApiToken, OAuthClient, User
from tests.catalog import factories

OURS = ("portal", "catalog", "harvest", "stats")
REGISTERED = sorted(
    (model for model in admin.site._registry if model._meta.app_label in OURS), key=lambda model: model.__name__
)


def make_dataset(number):
    dataset = factories.DatasetFactory(tags=["water", "air"], license=factories.LicenseFactory())
    DatasetBadge.objects.create(dataset=dataset, kind="hvd", created_by=factories.UserFactory())
    factories.ResourceFactory.create_batch(2, dataset=dataset)
    return dataset


def make_organization(number):
    organization = factories.OrganizationFactory()
    OrganizationBadge.objects.create(organization=organization, kind="certified")
    factories.MemberFactory.create_batch(2, organization=organization)
    return organization


MAKERS = {
    "AuditEntry": lambda number: AuditEntry.objects.create(
        actor_id=factories.UserFactory().pk,
        origin="api",
        action="update",
        kind="Dataset",
        object_id="a" * 24,
        title=f"Dataset {number}",
        changes=["title", "tags"],
    ),
    "ApiToken": lambda number: ApiToken.objects.issue(factories.UserFactory(), name=f"token {number}")[0],
    "BulkJob": lambda number: BulkJob.objects.create(kind="Dataset", action="archive", by=factories.UserFactory()),
    "CommunityResource": lambda number: factories.CommunityResourceFactory(),
    "ContactPoint": lambda number: factories.ContactPointFactory(),
    "Dataservice": lambda number: factories.DataserviceFactory(),
    "Dataset": make_dataset,
    "Discussion": lambda number: factories.MessageFactory().discussion,
    "GeoLevel": lambda number: factories.GeoLevelFactory(),
    "GeoZone": lambda number: factories.GeoZoneFactory(),
    "License": lambda number: factories.LicenseFactory(id=f"test-{number}", title=f"Licence {number}"),
    "OAuthClient": lambda number: OAuthClient.objects.create(name=f"client {number}", client_type="public"),
    "Organization": make_organization,
    "OutboxEvent": lambda number: OutboxEvent.objects.create(name="mail", error="lost", payload={"to": []}),
    "Page": lambda number: Page.objects.create(path=f"page-{number}", title_en=f"Page {number}"),
    "PendingChange": lambda number: PendingChange.objects.create(
        subject=factories.DatasetFactory(), author=factories.UserFactory(), values={"title": "T"}, base={"title": "S"}
    ),
    "Post": lambda number: factories.PostFactory(owner=factories.UserFactory()),
    "Report": lambda number: Report.objects.create(subject=factories.DatasetFactory(), reason="spam"),
    "Resource": lambda number: factories.ResourceFactory(),
    "Reuse": lambda number: factories.ReuseFactory(),
    "Review": lambda number: Review.objects.create(
        subject=factories.DatasetFactory(), submitted_by=factories.UserFactory()
    ),
    "SearchSynonym": lambda number: SearchSynonym.objects.create(terms=f"mot {number}, word {number}"),
    "SlugHistory": lambda number: SlugHistory.objects.create(kind="dataset", slug=f"old-{number}", object_id="a" * 24),
    "Source": lambda number: Source.objects.create(
        name=f"Source {number}", url="https://example.org", backend="ckan", owner=factories.UserFactory()
    ),
    "Tag": lambda number: factories.TagFactory(),
    "Topic": lambda number: factories.TopicFactory(),
    "User": lambda number: factories.UserFactory(),
    "Visualization": lambda number: factories.VisualizationFactory(),
}
SINGLE = {"Site", "SearchMiss"}  # no lists of rows
each_list = pytest.mark.parametrize(
    "model", [model for model in REGISTERED if model.__name__ not in SINGLE], ids=lambda model: model.__name__
)


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def queries_of(client, url):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        response = client.get(url)
    assert response.status_code == 200
    return len(captured), response


@each_list
def test_a_list_costs_the_same_queries_at_any_length(admin_client, model):
    make = MAKERS[model.__name__]
    rows = [make(number) for number in range(3)]
    url = address(model, "changelist")
    queries_of(admin_client, url)  # content types and the like are fetched once a process
    before, _ = queries_of(admin_client, url)
    rows += [make(number) for number in range(3, 30)]
    after, response = queries_of(admin_client, url)
    assert len(response.context["cl"].result_list) >= 30
    assert after == before
    assert after <= 12


@each_list
def test_a_list_is_searched_by_text_and_by_id(admin_client, model):
    row = MAKERS[model.__name__](0)
    for term in ["zzzz nothing", str(row.pk)]:
        _, response = queries_of(admin_client, f"{address(model, 'changelist')}?q={term}")
    if isinstance(row.pk, UUID) or issubclass(model, PublicIdModel):
        assert [found.pk for found in response.context["cl"].result_list] == [row.pk]


@each_list
def test_the_page_of_an_object_opens_and_so_does_the_empty_form(admin_client, model):
    row = MAKERS[model.__name__](0)
    assert admin_client.get(address(model, "change", row.pk)).status_code == 200
    expected = 200 if admin.site._registry[model].has_add_permission(RequestOf(row)) else 403
    assert admin_client.get(address(model, "add")).status_code == expected


@each_list
def test_every_filter_of_a_list_answers(admin_client, model):
    MAKERS[model.__name__](0)
    _, response = queries_of(admin_client, address(model, "changelist"))
    changelist = response.context["cl"]
    for filter_ in changelist.filter_specs:
        for choice in filter_.choices(changelist):
            assert admin_client.get(address(model, "changelist") + choice["query_string"]).status_code == 200


class RequestOf:
    """Just enough of a request to ask an admin what a system administrator may do."""

    def __init__(self, row):
        self.user = User(is_superuser=True, is_active=True)


def test_the_portal_itself_is_one_row_that_is_only_corrected(admin_client, db):
    site = admin.site._registry
    model = next(model for model in site if model.__name__ == "Site")
    row = model.objects.current()
    assert admin_client.get(address(model, "change", row.pk)).status_code == 200
    assert admin_client.get(address(model, "add")).status_code == 403
    assert admin_client.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_the_first_page_lists_the_models(admin_client):
    response = admin_client.get(reverse("admin:index"))
    assert response.status_code == 200
    assert "Datasets" in response.content.decode()
