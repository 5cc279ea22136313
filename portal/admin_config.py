"""Makes the portal's administration the default one. Apart from `portal.admin_site`, which needs the models loaded."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

INNER_APPS = {"account", "mfa", "socialaccount", "usersessions"}  # of allauth: an account is changed as one


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"

    def ready(self) -> None:
        """Register all models, but for what libraries keep to themselves: codes, parts of tokens, secrets."""
        super().ready()
        parts = [apps.get_model("oauth2_provider", name) for name in ("Grant", "IDToken", "RefreshToken")]
        inner = [model for model in admin.site._registry if model._meta.app_label in INNER_APPS]
        admin.site.unregister([*parts, *inner])
