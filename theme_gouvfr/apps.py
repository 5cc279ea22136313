from django.apps import AppConfig


class ThemeGouvfrConfig(AppConfig):
    name = "theme_gouvfr"
