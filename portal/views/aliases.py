"""Addresses of other languages and of older portals, each with the page it leads to. Permanent, the query kept."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

# What leads -> where to. The French names of pages.md, and CKAN's, which data.gouv.fr had before udata.
ALIASES = (
    ("jeux-de-donnees/", "/datasets/"),
    ("jeux-de-donnees/<str:key>/", "/datasets/{key}/"),
    ("organisations/", "/organizations/"),
    ("organisations/<str:key>/", "/organizations/{key}/"),
    ("reutilisations/", "/reuses/"),
    ("reutilisations/<str:key>/", "/reuses/{key}/"),
    ("api-catalogue/", "/dataservices/"),
    ("api-catalogue/<str:key>/", "/dataservices/{key}/"),
    ("thematiques/", "/topics/"),
    ("thematiques/<str:key>/", "/topics/{key}/"),
    ("mots-cles/", "/tags/"),
    ("mots-cles/<str:key>/", "/tags/{key}/"),
    ("territoires/", "/territories/"),
    ("territoires/<str:level>/<str:code>/", "/territories/{level}/{code}/"),
    ("moissonneurs/", "/harvest/"),
    ("moissonneurs/<str:key>/", "/harvest/{key}/"),
    ("utilisateurs/<str:key>/", "/users/{key}/"),
    ("actualites/", "/posts/"),
    ("actualites/<str:key>/", "/posts/{key}/"),
    ("publier/", "/publish/"),
    ("connexion/", "/account/login/"),
    ("inscription/", "/account/signup/"),
    ("mon-compte/", "/account/"),
    ("mentions-legales/", "/pages/legal-notice/"),
    ("donnees-personnelles/", "/pages/privacy/"),
    ("politique-de-confidentialite/", "/pages/privacy/"),
    ("accessibilite/", "/pages/accessibility/"),
    ("conditions-d-utilisation/", "/pages/terms/"),
    ("cgu/", "/pages/terms/"),
    ("licences/", "/pages/licences/"),
    ("a-propos/", "/pages/about/"),
    ("nous-contacter/", "/contact/"),
    ("plan-du-site/", "/pages/site-map/"),
    ("dataset/", "/datasets/"),
    ("dataset/<str:key>/", "/datasets/{key}/"),
    ("dataset/<str:key>/resource/<uuid:resource>/", "/datasets/r/{resource}"),
    ("organization/", "/organizations/"),
    ("organization/<str:key>/", "/organizations/{key}/"),
    ("group/<str:key>/", "/topics/{key}/"),
    ("catalog.<str:extension>", "/api/1/site/catalog.{extension}"),
    ("data.<str:extension>", "/api/1/site/catalog.{extension}"),
)


def leads_to(target: str) -> Any:
    """Return a view that redirects to `target`, its names filled from the address."""

    @require_safe
    def view(request: HttpRequest, **parts: str) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        address = target.format(**parts)
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

    return view


urlpatterns: list[URLPattern] = [path(address, leads_to(target)) for address, target in ALIASES]
