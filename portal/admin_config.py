"""Makes the portal's administration the default one. Apart from `portal.admin_site`, which needs the models loaded."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "portal.admin_site.PortalAdminSite"
