"""Which network addresses the portal may call for somebody else: those of the public Internet, and no other.

The lists are written out. `ipaddress.is_global` alone lets 6to4, NAT64 and others through, each of which may lead back
inside, and knows nothing of the addresses where clouds keep their secrets.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

# A company's own network: an operator may allow it (URLS_ALLOW_PRIVATE).
PRIVATE_V4 = tuple(map(IPv4Network, ["10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]))
PRIVATE_V6 = tuple(map(IPv6Network, ["::1/128", "fc00::/7"]))
# Never: no public server has such an address. Most come from the registries of IANA.
DENIED_V4 = tuple(
    map(
        IPv4Network,
        [
            "0.0.0.0/8",  # this network
            "168.63.129.16/32",  # Azure's own services
            "169.254.0.0/16",  # link-local; clouds give their secrets at 169.254.169.254
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # AMT
            "192.88.99.0/24",  # 6to4 relays
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ],
    )
)
GLOBAL_V6 = IPv6Network("2000::/3")  # all that is routed; what embeds an IPv4 address lies outside, but for 6to4
DENIED_V6 = tuple(
    map(
        IPv6Network,
        [
            "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
            "fd00:ec2::/32",  # Amazon's own services
            "fd20:ce::/32",  # Google's own services
        ],
    )
)


def may_call(address: str, *, private: bool = False) -> bool:
    """Tell whether the portal may connect to that IP address; `private` allows a company's own network.

    An IPv6 address that wraps another one (mapped, 6to4, NAT64, Teredo…) is refused whatever it wraps, and so is one
    with a zone (`%eth0`), or a text that is no address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return _may_call_v4(found, private)
    return found.scope_id is None and _may_call_v6(found, private)


def _may_call_v4(address: IPv4Address, private: bool) -> bool:
    if any(address in network for network in DENIED_V4):
        return False
    return private or not any(address in network for network in PRIVATE_V4)


def _may_call_v6(address: IPv6Address, private: bool) -> bool:
    if any(address in network for network in DENIED_V6):
        return False
    return address in GLOBAL_V6 or (private and any(address in network for network in PRIVATE_V6))
