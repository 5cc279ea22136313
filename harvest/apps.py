from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HarvestConfig(AppConfig):
    name = "harvest"
    verbose_name = _("Harvesting")

    def ready(self) -> None:
        from catalog.api import dumps_schema
        from catalog.documents.shapes import social
        from catalog.views import notice_texts, sitemaps
        from harvest import (
            slots,  # noqa: F401 - fills the places of the object pages
            tasks,  # noqa: F401 - registers the jobs that the API can schedule
        )
        from harvest.api.sources import shapes_of
        from harvest.receivers import connect
        from harvest.services import places_of
        from harvest.views.source import sitemap_section

        dumps_schema.NAMES.append("harvests")
        social.LOADERS["source"] = shapes_of
        notice_texts.LOADERS["source"] = places_of
        sitemaps.PLUGGED["harvest"] = sitemap_section
        connect()
