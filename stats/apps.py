from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StatsConfig(AppConfig):
    name = "stats"
    verbose_name = _("Statistics")

    def ready(self) -> None:
        from stats import (
            slots,  # noqa: F401 - fills the places of the object pages
            tasks,  # noqa: F401 - registers the jobs that the API can schedule
        )
