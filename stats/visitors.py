"""Telling visitors apart for one day, without knowing who they are.

A visitor is a hash of the network (IPv4 /24, IPv6 /48) and the user agent, keyed by 32 random bytes that live two days.
Once they are destroyed, nothing leads from the hash back to an address, not even with the source and SECRET_KEY.
"""

import hmac
import os
from datetime import date, timedelta
from ipaddress import ip_address
from threading import Lock
from time import monotonic

from django.db import DatabaseError
from django.utils import timezone

from stats.models import Salt

SIZE = 8  # bytes of a visitor
SALT = 32  # bytes
KEPT = 2  # days that a salt lives: of late hits, the day before too
RETRY = 30  # seconds before a database that did not answer is asked again


class Salts:
    """The salt of today, read once a day by each process."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._salt = b""
        self._retry = 0.0
        self._lock = Lock()

    def of(self, day: date) -> bytes | None:
        """Return the salt of that day; None while the database does not answer (such hits have no visitor)."""
        if self._day == day:
            return self._salt
        with self._lock:
            if self._day != day and monotonic() >= self._retry:
                try:
                    self._salt, self._day = stored(day), day
                except DatabaseError:
                    self._retry = monotonic() + RETRY
            return self._salt if self._day == day else None

    def forget(self) -> None:
        self._day, self._retry = None, 0.0


def stored(day: date) -> bytes:
    """Return the salt of that day as the database has it, made by whoever comes first."""
    found = Salt.objects.filter(day=day).values_list("value", flat=True).first()
    if found is None:
        Salt.objects.bulk_create([Salt(day=day, value=os.urandom(SALT))], ignore_conflicts=True)
        found = Salt.objects.values_list("value", flat=True).get(day=day)
    return bytes(found)


def destroy() -> int:
    """Destroy the salts of all days before yesterday; return how many went."""
    return Salt.objects.filter(day__lte=timezone.localdate() - timedelta(days=KEPT)).delete()[0]


def visitor_of(salt: bytes, address: str, user_agent: str) -> bytes:
    """Return the 8 bytes that stand for a visitor on the day of that salt."""
    return hmac.digest(salt, f"{network(address)}|{user_agent[:512]}".encode("utf-8", "replace"), "sha256")[:SIZE]


def network(address: str) -> str:
    """Return the first 24 bits of an IPv4 address, 48 of IPv6; the text itself if it is none."""
    if "." in address and ":" not in address:
        return address.rpartition(".")[0]
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return network(str(mapped)) if mapped else str(int(found) >> 80)


salts = Salts()
