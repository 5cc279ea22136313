"""Rules of passwords beside Django's own."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

KINDS = (str.islower, str.isupper, str.isdigit)


class CharacterKindsValidator:
    """A password has a lower-case letter, an upper-case letter and a digit (udata's rule)."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise ValidationError if a kind is missing."""
        if not all(any(map(kind, password)) for kind in KINDS):
            raise ValidationError(self.get_help_text(), code="password_kinds")

    def get_help_text(self) -> str:
        return _("Your password must contain a lower-case letter, an upper-case letter and a digit.")
