"""Addresses that users give: their form, and whether they lead out of the portal's own network."""

import ipaddress
import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

SCHEMES = frozenset(["http", "https", "ftp", "ftps"])
WEB = ("http://", "https://")  # how an address begins that a page may link, and a program may fetch
MAX_LENGTH = 2000  # characters
CONTROL = re.compile(r"[\x00-\x20\x7f<>\"\\^`{|}\ud800-\udfff]")
LOCAL_NAMES = ("localhost", "localhost.localdomain")


def check_address(value: str) -> str:
    """Return the address without spaces around it. Raises ValidationError with what is wrong.

    The frame alone is asked (scheme and host): real catalogues have odd paths and underscores. Private and local hosts
    are refused unless `URLS_ALLOW_PRIVATE` is set; whoever fetches an address checks again what it resolves to.
    """
    address = value.strip()
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise ValidationError(_('Invalid URL "%(url)s"') % {"url": _short(address)}) from None
    if parts.scheme.lower() not in SCHEMES:
        raise ValidationError(
            _('Invalid URL "%(url)s": scheme must be http, https, ftp or ftps') % {"url": _short(address)}
        )
    if not host or not port_is_valid or len(address) > MAX_LENGTH or CONTROL.search(parts.netloc):
        raise ValidationError(_('Invalid URL "%(url)s"') % {"url": _short(address)})
    if is_local(host) and not settings.URLS_ALLOW_PRIVATE:
        raise ValidationError(_('Invalid URL "%(url)s": it is a local or private address') % {"url": _short(address)})
    if "." not in host and ":" not in host and not settings.URLS_ALLOW_PRIVATE:
        raise ValidationError(_('Invalid URL "%(url)s": the host has no domain') % {"url": _short(address)})
    return re.sub(r"[\t\r\n\x00]", "", address).replace(" ", "%20")


def validate_link(value: str) -> None:
    """Raise ValidationError unless a page of ours may link to `value`: a path of this site, or an http(s) address.

    The staff gives these: hosts of the local network are its own business.
    """
    is_path = value.startswith("/") and not value.startswith(("//", "/\\"))
    if CONTROL.search(value) or not (is_path or host_of(value)):
        raise ValidationError(_("Give an address that begins with https:// or http://, or a path that begins with /."))


def is_local(host: str) -> bool:
    """Tell whether `host` is by its very form a machine of the local network (names are not resolved)."""
    if host.lower().rstrip(".") in LOCAL_NAMES or host.lower().rstrip(".").endswith((".localhost", ".local")):
        return True
    try:
        found = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return not found.is_global


def _short(address: str) -> str:
    return address if len(address) <= 100 else f"{address[:99]}…"


def host_of(address: str) -> str:
    """Return the host of an http(s) address in lower case, or an empty text for what is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "").lower() if parts.scheme in ("http", "https") else ""
