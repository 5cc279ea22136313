"""The terms of use of the design system, said where they matter: it is not anybody's to use."""

from importlib.util import find_spec

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

TERMS = (
    "The design system of the French State, its logotype and the typeface Marianne are reserved for sites of the State "
    "(circular 6411-SG of 7 July 2023; operators of the State need the agreement of the Service d'information du "
    "Gouvernement). Local authorities, companies and others may not use them."
)


@register(Tags.templates)
def terms_of_use(app_configs: object, **kwargs: object) -> list[CheckMessage]:
    """Whoever uses the theme says that the site is one of the State; while debugging that is only recalled."""
    found: list[CheckMessage] = []
    if find_spec("dsfr") is None:
        found.append(Error("theme_gouvfr needs the package django-dsfr.", id="theme_gouvfr.E002"))
    if getattr(settings, "THEME_GOUVFR_STATE_SITE", False):
        return found
    hint = "Set THEME_GOUVFR_STATE_SITE=on if this is a site of the State, or choose another theme."
    kind, code = (Warning, "theme_gouvfr.W001") if settings.DEBUG else (Error, "theme_gouvfr.E001")
    return [*found, kind(TERMS, hint=hint, id=code)]
