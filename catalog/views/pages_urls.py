"""Addresses of the public pages; `key` is a slug, or an id or old slug that leads to it."""

from django.db.models import Model
from django.urls import URLPattern, include, path
from django.views.generic import RedirectView

from catalog.models import Dataservice, Dataset, Organization, Reuse
from catalog.views.contact import Contact, ContactSent
from catalog.views.dataservice import DataserviceDetail, DataserviceList
from catalog.views.dataset import DatasetDetail, DatasetList
from catalog.views.feeds import ListFeed
from catalog.views.history import History
from catalog.views.links import CITED
from catalog.views.oembed import oembed
from catalog.views.organization import OrganizationDetail, OrganizationList
from catalog.views.page import PageDetail
from catalog.views.post import PostDetail, PostList
from catalog.views.report import ReportPage, ReportState
from catalog.views.resource import ResourceContent, ResourceDetail, ResourcePlaces, resource_redirect
from catalog.views.reuse import ReuseDetail, ReuseList
from catalog.views.search import SearchPage
from catalog.views.shared import Citation, Embed, Picture
from catalog.views.tag import TagDetail, TagList
from catalog.views.territory import TerritoryDetail, TerritoryList
from catalog.views.topic import TopicDetail, TopicList
from catalog.views.user import UserDetail

LISTS = {
    "dataset": DatasetList,
    "dataservice": DataserviceList,
    "reuse": ReuseList,
    "organization": OrganizationList,
    "topic": TopicList,
    "post": PostList,
}
SHARED = {"dataset": Dataset, "dataservice": Dataservice, "reuse": Reuse, "organization": Organization}


def shared(kind: str, model: type[Model]) -> list[URLPattern]:
    """Return the addresses at which other sites find an object of a kind."""
    names = {"model": model, "context_name": kind, "api_name": f"{kind}s"}
    found = [
        path(f"embed/{kind}s/<str:key>/", Embed.as_view(**names), name=f"{kind}-embed"),
        path(f"{kind}s/<str:key>/picture.png", Picture.as_view(**names), name=f"{kind}-picture"),
        path(f"{kind}s/<str:key>/history/", History.as_view(**names), name=f"{kind}-history"),
    ]
    if kind in CITED:
        found += [
            path(f"{kind}s/<str:key>/citation.bib", Citation.as_view(**names, form="bibtex"), name=f"{kind}-bibtex"),
            path(f"{kind}s/<str:key>/citation.json", Citation.as_view(**names, form="csl"), name=f"{kind}-csl"),
        ]
    return found


urlpatterns = [
    path("oembed", oembed, name="oembed"),
    *(one for kind, model in SHARED.items() for one in shared(kind, model)),
    *(path(f"{kind}s/recent.atom", ListFeed.as_view(page=page), name=f"{kind}-feed") for kind, page in LISTS.items()),
    path("", include("catalog.views.publish.urls")),
    path("contact/", Contact.as_view(), name="contact"),
    path("contact/sent/", ContactSent.as_view(), name="contact-sent"),
    path("report/", ReportPage.as_view(), name="report"),
    path("report/<slug:reference>/", ReportState.as_view(), name="report-state"),
    path("search/", SearchPage.as_view(), name="search"),
    path("recherche/", RedirectView.as_view(pattern_name="search", permanent=True, query_string=True)),
    path("datasets/r/<str:rid>", resource_redirect, name="resource-redirect"),
    path("datasets/", DatasetList.as_view(), name="dataset-list"),
    path("datasets/<str:key>/", DatasetDetail.as_view(), name="dataset-detail"),
    path("datasets/<str:key>/resources/<uuid:rid>/", ResourceDetail.as_view(), name="resource-detail"),
    path("datasets/<str:key>/resources/<uuid:rid>/content", ResourceContent.as_view(), name="resource-content"),
    path("datasets/<str:key>/resources/<uuid:rid>/places.geojson", ResourcePlaces.as_view(), name="resource-places"),
    path("dataservices/", DataserviceList.as_view(), name="dataservice-list"),
    path("dataservices/<str:key>/", DataserviceDetail.as_view(), name="dataservice-detail"),
    path("reuses/", ReuseList.as_view(), name="reuse-list"),
    path("reuses/<str:key>/", ReuseDetail.as_view(), name="reuse-detail"),
    path("organizations/", OrganizationList.as_view(), name="organization-list"),
    path("organizations/<str:key>/", OrganizationDetail.as_view(), name="organization-detail"),
    path("tags/", TagList.as_view(), name="tag-list"),
    path("tags/<str:name>/", TagDetail.as_view(), name="tag-detail"),
    path("territories/", TerritoryList.as_view(), name="territory-list"),
    path("territories/<str:level>/<str:code>/", TerritoryDetail.as_view(), name="territory-detail"),
    path("topics/", TopicList.as_view(), name="topic-list"),
    path("topics/<str:key>/", TopicDetail.as_view(), name="topic-detail"),
    path("users/<str:key>/", UserDetail.as_view(), name="user-detail"),
    path("posts/", PostList.as_view(), name="post-list"),
    path("pages/<path:path>/", PageDetail.as_view(), name="page"),
    path("posts/<str:key>/", PostDetail.as_view(), name="post-detail"),
]
