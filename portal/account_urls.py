"""Below `/account/`: one's own pages, then allauth's."""

from django.urls import include, path

from portal.views import account

urlpatterns = [
    path("", account.overview, name="account-overview"),
    path("profile/", account.Profile.as_view(), name="account-profile"),
    path("security/", account.Security.as_view(), name="account-security"),
    path("data/", account.Data.as_view(), name="account-data"),
    path("data/export/", account.Export.as_view(), name="account-export"),
    path("", include("allauth.urls")),
]
