from django.apps import AppConfig


class ThemeGouvfrConfig(AppConfig):
    name = "theme_gouvfr"

    def ready(self) -> None:
        from theme_gouvfr import checks  # noqa: F401 - registers the system check
