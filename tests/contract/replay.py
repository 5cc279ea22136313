"""Sending the recorded requests to our portal, in their order: ids of theirs become ids of ours as objects are made."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from catalog.models import GeoLevel, GeoZone, License, Site
from portal.models import ApiToken, User
from tests.contract.recordings import Answer, Recording

PEOPLE = {"admin": ("ad-min", "a@b.fr"), "user": ("no-rmal", "n@b.fr"), "out": ("out-sider", "o@b.fr")}
AN_ID = re.compile(r"[0-9a-f]{24}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TOKENS = {"token", "token_prefix"}

# What the README's table says was sent beside JSON: number -> (content type, body), or files.
RAW = {34: ("application/json", b"{bad"), 35: ("application/x-www-form-urlencoded", b"a=b")}
UPLOADS = {4: ("Fichier Été.csv", b"a,b\n1,2\n"), 5: ("x.exe", b"MZ"), 6: None}

# Writes whose recording is not given, made from what later recordings show: number -> (who, method, url, body).
DATASET, ORGANIZATION = "/api/1/datasets/6b03d695768af5ed27e19c26", "/api/1/organizations/6b03d695768af5ed27e19c25"
GAPS: dict[int, tuple[str, str, str, Any]] = {
    8: ("user", "PUT", f"{DATASET}/resources/b8d1bb08-c1cf-4cb0-a9bc-23b8a5ed2938/", {"title": "new"}),
    23: ("user", "PUT", DATASET.replace("/1/", "/2/") + "/extras/", {"k": "v"}),
    38: ("user", "PUT", f"{DATASET}/", {"title": "Renommé", "description": "d", "tags": [], "temporal_coverage": None}),
    44: ("out", "POST", f"{DATASET}/followers/", None),
    83: ("user", "POST", f"{ORGANIZATION}/membership/867bdb21-a952-4ccb-95e7-17c28a554aea/accept/", None),
    86: ("user", "PUT", f"{ORGANIZATION}/member/6b03d695768af5ed27e19c21/", {"role": "partial_editor"}),
    95: ("out", "POST", "/api/1/transfer/6b03d696768af5ed27e19c40/", {"response": "accept", "comment": "ok"}),
}


def reference_data() -> None:
    """What the README says was known before the first call; most of it is in the migrations."""
    licenses = {"lov2": "Licence Ouverte / Open Licence version 2.0", "notspecified": "License Not Specified"}
    for pk, title in licenses.items():
        License.objects.update_or_create(pk=pk, defaults={"title": title, "url": f"http://ex.com/{pk}"})
    level, _made = GeoLevel.objects.get_or_create(pk="country", defaults={"name": "Country"})
    france = {"level": level, "code": "fr", "name": "France", "slug": "france"}
    GeoZone.objects.update_or_create(pk="country:fr", defaults=france)
    Site.objects.update_or_create(pk=settings.SITE_ID, defaults={"title": "uData"})


def people() -> dict[str, tuple[User, str]]:
    """Make the three users of the README, each with a token (named `t`, as theirs); return both by name."""
    made = {}
    for name, (slug, email) in PEOPLE.items():
        first, last = (part.capitalize() for part in slug.split("-"))
        admin = name == "admin"
        user = User.objects.create(
            email=email, first_name=first, last_name=last, slug=slug, confirmed_at=timezone.now(),
            is_staff=admin, is_superuser=admin,
        )  # fmt: skip
        user.set_password("Passw0rd-of-the-recordings")
        user.save()
        made[name] = (user, ApiToken.objects.issue(user, name="t")[1])
    return made


class Replay:
    """One run through the recordings. `ids` maps their ids to ours; `failures` are writes between them that failed."""

    def __init__(self, recordings: Iterable[Recording]) -> None:
        self.recordings = list(recordings)
        self.ids: dict[str, str] = {}
        self.failures: list[str] = []
        reference_data()
        self.people = people()
        shown = {user["slug"]: user["id"] for recording in self.recordings for user in users_in(recording.json)}
        for slug, _email in PEOPLE.values():
            if slug in shown:
                self.ids[shown[slug]] = User.objects.get(slug=slug).pk

    def run(self) -> Iterator[tuple[Recording, Answer]]:
        """Give each recording, with our ids in the place of theirs, and our answer."""
        given, before = {recording.number for recording in self.recordings}, 0
        for recording in self.recordings:
            for number in range(before + 1, recording.number):
                if number in GAPS and number not in given:
                    self._fill(number)
            before = recording.number
            ours = self._translated(recording)
            answer = self._send(ours)
            self._learn(recording, answer)
            yield self._translated(recording), answer

    def _fill(self, number: int) -> None:
        who, method, url, body = GAPS[number]
        gap = Recording(number, f"{number:03}-gap", method, url, who, body, 200, {})
        answer = self._send(self._translated(gap))
        if answer.status >= 300:
            self.failures.append(
                f"{number} {method} {url}, which is not recorded: {answer.status} {answer.body[:200]!r}"
            )

    def _translated(self, recording: Recording) -> Recording:
        """Return the recording with our ids."""
        swap = {"url": self._swap(recording.url), "request": self._swap(recording.request)}
        headers = {name: self._swap(value) for name, value in recording.headers.items()}
        return replace(recording, **swap, json=self._swap(recording.json), headers=headers)

    def _swap(self, value: Any) -> Any:
        if value is None:
            return None
        text = json.dumps(value)
        return json.loads(AN_ID.sub(lambda match: self.ids.get(match[0], match[0]), text))

    def _learn(self, recording: Recording, answer: Answer) -> None:
        """Remember which of our ids stands where they had one."""
        if recording.json is not None and recording.status < 300:
            try:
                self._pair(recording.json, json.loads(answer.body))
            except ValueError:
                return

    def _pair(self, theirs: Any, ours: Any) -> None:
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for key in theirs.keys() & ours.keys():
                self._pair(theirs[key], ours[key])
        elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
            for one, other in zip(theirs, ours, strict=True):
                self._pair(one, other)
        elif isinstance(theirs, str) and isinstance(ours, str) and AN_ID.fullmatch(theirs) and AN_ID.fullmatch(ours):
            self.ids.setdefault(theirs, ours)

    def _send(self, recording: Recording) -> Answer:
        """Send one request by a client without cookies; a bug of ours becomes a 500."""
        client = APIClient(raise_request_exception=False, headers={"user-agent": "replay"})
        headers = dict(recording.sent_headers)
        if recording.user:
            headers["X-API-KEY"] = self.people[recording.user][1]
        sent: dict[str, Any] = {"headers": headers}
        if recording.number in UPLOADS and recording.method == "POST":
            upload = UPLOADS[recording.number]
            sent |= {"data": {"file": SimpleUploadedFile(*upload)} if upload else {}, "format": "multipart"}
        elif recording.number in RAW:
            kind, body = RAW[recording.number]
            sent |= {"data": body, "content_type": kind}
        elif recording.request is not None:
            sent |= {"data": json.dumps(recording.request), "content_type": "application/json"}
        with transaction.atomic():
            response = getattr(client, recording.method.lower())(recording.url, **sent)
            body = b"".join(response.streaming_content) if response.streaming else response.content
        return Answer(response.status_code, dict(response.headers), body)


def users_in(value: Any) -> Iterator[dict[str, Any]]:
    """Give every short form of a user inside a JSON value."""
    if isinstance(value, dict):
        if value.get("class") == "User" and "slug" in value:
            yield value
        for inner in value.values():
            yield from users_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from users_in(inner)
