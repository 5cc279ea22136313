"""Playing an OAuth2 client, for the tests."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from portal.models import OAuthClient

HOME = "https://app.example.org/back"
VERIFIER = "v" * 50
CHALLENGE = urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
MONTH = 30 * 24 * 3600


def make_client(**fields):
    """Return a client and its secret."""
    options = {"client_type": "confidential", "authorization_grant_type": "authorization-code", "redirect_uris": HOME}
    row = OAuthClient(name="Reader", **{**options, **fields})
    secret = row.client_secret
    row.save()
    return row, secret


def asking(row, **changes):
    """Return the parameters of a request for access."""
    sent = {
        "response_type": "code",
        "client_id": row.client_id,
        "redirect_uri": HOME,
        "state": "xyz",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in sent.items() if value is not None}


def authorize(client, row, answer="accept", **changes):
    query = "&".join(f"{name}={value}" for name, value in asking(row, **changes).items())
    return client.post(f"/oauth/authorize?{query}", {answer: "1"})


def told(response):
    """Return what the program reads in the address that the user comes back to."""
    parts = urlsplit(response.headers["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == HOME
    return {name: value for name, (value,) in parse_qs(parts.query).items()}


def exchange(client, row, code, **changes):
    sent = {
        "grant_type": "authorization_code",
        "client_id": row.client_id,
        "code": code,
        "redirect_uri": HOME,
        "code_verifier": VERIFIER,
        **changes,
    }
    return client.post("/oauth/token", {name: value for name, value in sent.items() if value is not None})


def give_token(client, row, **changes):
    return exchange(client, row, told(authorize(client, row, **changes))["code"]).json()


def whoami(token):
    return Client().get("/api/1/me/", headers={"Authorization": f"Bearer {token}"})


def refresh(client, row, token, **changes):
    sent = {"grant_type": "refresh_token", "client_id": row.client_id, "refresh_token": token, **changes}
    return client.post("/oauth/token", sent)
