from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        from catalog import tasks  # noqa: F401 - registers the jobs that the API can schedule
        from catalog.receivers import connect

        connect()
