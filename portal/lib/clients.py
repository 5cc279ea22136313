"""Where a request comes from."""

from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # noqa: S104 - an absent address, nothing is bound to it


def address_of(request: HttpRequest) -> str:
    """Return the address of the client.

    `X-Forwarded-For` counts only behind a proxy of ours (TRUST_PROXY), and only its last entry, which that proxy
    wrote: the others are the client's own words.
    """
    text = request.META.get("REMOTE_ADDR") or NOWHERE
    if settings.TRUST_PROXY:
        text = request.headers.get("X-Forwarded-For", text).rpartition(",")[2].strip() or text
    try:
        return str(ip_address(text))
    except ValueError:  # a socket of the local machine, or a proxy that writes something else
        return NOWHERE


def network_of(request: HttpRequest) -> str:
    """Return what stands for one client when requests are counted: its address; with IPv6, its network of 64 bits.

    Any home has 2^64 addresses of IPv6, and could be a new client at each request.
    """
    text = address_of(request)
    address = ip_address(text)
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return text
