"""What the tests of accounts share."""

import re
import time
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

PASSWORD = "Passw0rd-test"  # of the factory's users


def link_in(text: str) -> str:
    """Return the path of the first link of a mail to a page of accounts."""
    return urlsplit(re.search(r"https?://\S+/account/\S+", text)[0]).path


def code_of(secret: str, steps: int = 0) -> str:
    """Return the code that an authenticator app shows now for `secret`, or `steps` periods of 30 s later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_second_factor(user) -> str:
    """Give `user` a second factor; return its secret. Needs no request."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def factors(user) -> int:
    return Authenticator.objects.filter(user=user).count()
