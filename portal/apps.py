from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import checks  # noqa: F401 - registers the system checks
        from portal.accounts.connections import connect
        from portal.lib import lookups  # noqa: F401 - registers them
        from portal.themes import checks as theme_checks  # noqa: F401 - registers them

        connect()
