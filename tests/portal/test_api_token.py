"""API tokens: hashed at rest, told apart when they open nothing."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from catalog.api.authentication import ApiKeyAuthentication, ApiKeyScheme
from portal.models import ApiToken
from portal.models.token import ExpiredToken, InactiveUser, InvalidToken, RevokedToken
from tests.catalog.factories import UserFactory

pytestmark = pytest.mark.django_db


class Whoami(APIView):
    """Tells whom the API takes the caller for."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = []

    def get(self, request):
        return Response({"id": request.user.pk})


def ask(**headers):
    response = Whoami.as_view()(APIRequestFactory().get("/", headers=headers))
    response.render()
    return response


def test_a_token_is_shown_once_and_kept_as_a_hash():
    user = UserFactory()
    row, plaintext = ApiToken.objects.issue(user, name="script")
    assert re.fullmatch(r"udata_[\w-]{64}", plaintext)
    stored = ApiToken.objects.filter(pk=row.pk).values().get()
    assert stored["token_prefix"] == plaintext[:14]
    assert re.fullmatch(r"[0-9a-f]{64}", stored["token_hash"])
    assert plaintext not in map(str, stored.values())
    assert (stored["kind"], stored["scopes"], stored["name"]) == ("api_key", ["admin"], "script")


def test_two_tokens_differ():
    user = UserFactory()
    assert ApiToken.objects.issue(user)[1] != ApiToken.objects.issue(user)[1]


def test_a_token_leads_to_its_user_and_notes_its_use():
    row, plaintext = ApiToken.objects.issue(UserFactory())
    found = ApiToken.objects.authenticate(plaintext)
    assert (found, found.user) == (row, row.user)
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_the_use_of_a_token_is_not_written_at_each_request(django_assert_num_queries):
    _row, plaintext = ApiToken.objects.issue(UserFactory())
    ApiToken.objects.authenticate(plaintext)
    with django_assert_num_queries(1):
        ApiToken.objects.authenticate(plaintext)


def test_a_token_needs_the_key_it_was_hashed_with(settings):
    _row, plaintext = ApiToken.objects.issue(UserFactory())
    settings.SECRET_KEY = "another key, at least fifty characters long, for this one test"
    with pytest.raises(InvalidToken):
        ApiToken.objects.authenticate(plaintext)


def test_a_revoked_token_keeps_the_date_of_its_first_revocation():
    row, plaintext = ApiToken.objects.issue(UserFactory())
    row.revoke()
    first = row.revoked_at
    row.revoke()
    assert row.revoked_at == first
    with pytest.raises(RevokedToken, match="Revoked API token"):
        ApiToken.objects.authenticate(plaintext)


@pytest.mark.parametrize("seconds", [0, 1])
def test_an_expired_token_opens_nothing(seconds):
    _row, plaintext = ApiToken.objects.issue(UserFactory(), expires_at=timezone.now() - timedelta(seconds=seconds))
    with pytest.raises(ExpiredToken, match="Expired API token"):
        ApiToken.objects.authenticate(plaintext)
    assert not ApiToken.objects.usable().exists()


@pytest.mark.parametrize("state", [{"is_active": False}, {"deleted": timezone.now()}])
def test_the_token_of_an_inactive_user_opens_nothing(state):
    _row, plaintext = ApiToken.objects.issue(UserFactory(**state))
    with pytest.raises(InactiveUser, match="Inactive user"):
        ApiToken.objects.authenticate(plaintext)
    assert not ApiToken.objects.usable().exists()


def test_the_api_knows_the_user_of_a_token():
    row, plaintext = ApiToken.objects.issue(UserFactory())
    assert ask(**{"X-API-KEY": plaintext}).data == {"id": row.user_id}


def test_the_api_leaves_a_request_without_a_token_anonymous():
    assert ask().data == {"id": AnonymousUser().pk}


@pytest.mark.parametrize("value", ["nope", "udata_é", "udata_" + "a" * 64])
def test_the_api_answers_401_to_a_bad_token(value):
    """The answer recorded from udata 17 (contract/README, recording 155)."""
    response = ask(**{"X-API-KEY": value})
    assert (response.status_code, response.data) == (401, {"message": "Invalid API token"})
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="uData"'


def test_the_openapi_documents_name_the_header():
    definition = ApiKeyScheme(ApiKeyAuthentication).get_security_definition(None)
    assert (definition["type"], definition["in"], definition["name"]) == ("apiKey", "header", "X-API-KEY")
