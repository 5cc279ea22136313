"""SIRET numbers: 14 digits; the first nine (SIREN) and the whole carry a Luhn check digit."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LA_POSTE = "356000000"  # its establishments break the Luhn rule by design: the digits' sum is a multiple of 5


def luhn(digits: str) -> bool:
    """Tell whether `digits` pass the Luhn check (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def validate_business_number(value: str) -> None:
    """Raise ValidationError unless `value` is a SIRET."""
    if not (len(value) == 14 and value.isascii() and value.isdigit()):
        raise ValidationError(_("A SIRET has 14 digits."), code="length")
    if not luhn(value[:9]) or not (luhn(value) or value.startswith(LA_POSTE)):
        raise ValidationError(_("This is not a SIRET: a digit must be wrong."), code="checksum")
