"""Addresses of the OAuth2 server; with or without a slash at the end, since clients write both."""

from django.urls import path

from portal.views import oauth

app_name = "oauth2_provider"  # the library looks its endpoints up under this name

urlpatterns = [
    path("oauth/authorize", oauth.Authorize.as_view(), name="authorize"),
    path("oauth/token", oauth.Token.as_view(), name="token"),
    path("oauth/revoke", oauth.Revoke.as_view(), name="revoke-token"),
    path("oauth/client_info", oauth.client_info, name="client-info"),
    path("oauth/error", oauth.error, name="error"),
    path("oauth/authorize/", oauth.Authorize.as_view()),
    path("oauth/token/", oauth.Token.as_view()),
    path("oauth/revoke/", oauth.Revoke.as_view()),
    path(".well-known/oauth-authorization-server", oauth.Metadata.as_view(), name="oauth-server-metadata"),
]
