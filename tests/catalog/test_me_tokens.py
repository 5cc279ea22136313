"""`/api/1/me/api_tokens/`, and what the scopes of a token allow elsewhere."""

from datetime import timedelta

import pytest
from django.core import management
from django.utils import timezone

from portal.models import ApiToken
from tests.catalog.factories import DatasetFactory, MemberFactory, OrganizationFactory, UserFactory

pytestmark = pytest.mark.django_db
URL = "/api/1/me/api_tokens/"
KEYS = [
    "created_at",
    "expires_at",
    "id",
    "kind",
    "last_used_at",
    "name",
    "revoked_at",
    "scopes",
    "token_prefix",
    "user_agents",
]


@pytest.fixture
def user():
    return UserFactory()


def holder(user, *scopes, **fields):
    """Return the headers of a request with a new token of these scopes."""
    return {"X-API-KEY": ApiToken.objects.issue(user, scopes=scopes or ["admin"], **fields)[1]}


def test_a_token_is_made_as_udata_makes_it(api, user):
    """Recording 071."""
    api.force_authenticate(user)
    response = api.post(URL, {"name": "n"}, format="json")
    body = response.json()
    assert response.status_code == 201
    assert sorted(body) == sorted([*KEYS, "token"])
    assert (body["name"], body["scopes"], body["kind"]) == ("n", ["admin"], "api_key")
    assert body["expires_at"] is body["last_used_at"] is body["revoked_at"] is None
    assert (body["user_agents"], body["token_prefix"]) == ([], body["token"][:14])


def test_the_list_shows_the_programs_and_no_secret(api, user):
    """Recording 070."""
    headers = {**holder(user, name="t"), "User-Agent": "curl/8"}
    ApiToken.objects.issue(UserFactory())
    (row,) = api.get(URL, headers=headers).json()
    assert sorted(row) == KEYS
    assert row["user_agents"] == ["curl/8"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"scopes": ["root"]}, "scopes"),
        ({"scopes": "admin"}, "scopes"),
        ({"scopes": [{}]}, "scopes"),
        ({"scopes": ["write:org:nothex"]}, "scopes"),
        ({"expires_at": "yesterday"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"name": "n" * 256}, "name"),
        ({"name": ["a"]}, "name"),
    ],
    ids=str,
)
def test_a_bad_body_is_told_by_field(api, user, sent, field):
    api.force_authenticate(user)
    response = api.post(URL, sent, format="json")
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert isinstance(response.json()["message"], str)
    assert not ApiToken.objects.exists()


def test_the_portal_may_end_every_token(api, user, settings):
    settings.API_TOKEN_DAYS = 30
    api.force_authenticate(user)
    api.post(URL, {}, format="json")
    api.post(URL, {"expires_at": None}, format="json")
    first, second = ApiToken.objects.order_by("created_at")
    assert first.expires_at - timezone.now() > timedelta(days=29)
    assert second.expires_at is None


def test_revoking(api, user):
    row, _plaintext = ApiToken.objects.issue(user)
    api.force_authenticate(user)
    assert api.delete(f"{URL}{row.pk}/").status_code == 204
    assert api.delete(f"{URL}{row.pk}/").status_code == 410
    other, _plaintext = ApiToken.objects.issue(UserFactory())
    assert api.delete(f"{URL}{other.pk}/").status_code == 404
    assert api.get(URL).json() == []


def test_a_token_makes_none_that_can_do_more(api, user):
    headers = holder(user, "write")
    refused = api.post(URL, {"scopes": ["admin"]}, format="json", headers=headers)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["scopes"])
    for scopes in (["write"], ["read"], ["write:org:" + "a" * 24], ["harvest", "read"]):
        made = api.post(URL, {"scopes": scopes}, format="json", headers=headers)
        assert (made.status_code, made.json()["scopes"]) == (201, scopes)
    assert api.post(URL, {}, format="json", headers=headers).json()["scopes"] == ["write"]


def test_a_token_makes_none_that_outlives_it(api, user):
    end = timezone.now() + timedelta(days=3)
    headers = holder(user, expires_at=end)
    for wanted in (None, (end + timedelta(days=1)).isoformat()):
        refused = api.post(URL, {"expires_at": wanted}, format="json", headers=headers)
        assert (refused.status_code, list(refused.json()["errors"])) == (400, ["expires_at"])
    assert api.post(URL, {}, format="json", headers=headers).status_code == 201
    assert set(ApiToken.objects.values_list("expires_at", flat=True)) == {end}


@pytest.mark.parametrize("scope", ["read", "harvest", "write:org:" + "a" * 24])
def test_a_lesser_token_makes_none_at_all(api, user, scope):
    response = api.post(URL, {}, format="json", headers=holder(user, scope))
    assert (response.status_code, "write" in response.json()["message"]) == (403, True)


def test_no_plaintext_is_kept_anywhere(api, user, tmp_path):
    api.force_authenticate(user)
    plaintext = api.post(URL, {"name": "n"}, format="json", headers={"Idempotency-Key": "once"}).json()["token"]
    api.force_authenticate(None)
    assert api.get("/api/1/me/", headers={"X-API-KEY": plaintext}).status_code == 200
    dump = tmp_path / "dump.json"
    management.call_command("dumpdata", "portal", "sessions", "admin", output=str(dump), verbosity=0)
    assert plaintext[:14] in dump.read_text()
    assert plaintext[14:] not in dump.read_text()


# --- Scopes ------------------------------------------------------------------------------------------------


@pytest.fixture
def member(user):
    """Two organizations that the user edits, and hers in person: a dataset of each."""
    organizations = [MemberFactory(user=user, role="admin").organization for _one in range(2)]
    datasets = [DatasetFactory(organization=each) for each in organizations]
    return organizations, [*datasets, DatasetFactory(organization=None, owner=user)]


def rename(api, dataset, headers):
    return api.put(f"/api/1/datasets/{dataset.pk}/", {"title": "New title"}, format="json", headers=headers)


def test_a_reading_token_changes_nothing(api, user, member):
    headers = holder(user, "read")
    for dataset in member[1]:
        response = rename(api, dataset, headers)
        assert (response.status_code, "write" in response.json()["message"]) == (403, True)
    assert api.get("/api/1/me/datasets/", headers=headers).json()[0]["id"] == member[1][2].pk
    assert api.delete(f"/api/1/datasets/{member[1][0].pk}/", headers=headers).status_code == 403
    assert api.post("/api/1/discussions/", {}, format="json", headers=headers).status_code == 403


def test_a_token_without_scopes_only_reads(api, user, member):
    _row, plaintext = ApiToken.objects.issue(user, scopes=[])
    assert rename(api, member[1][2], {"X-API-KEY": plaintext}).status_code == 403


@pytest.mark.parametrize("scopes", [["write"], ["admin"], ["read", "write"]], ids=str)
def test_a_writing_token_changes_what_its_owner_may(api, user, member, scopes):
    headers = holder(user, *scopes)
    assert [rename(api, dataset, headers).status_code for dataset in member[1]] == [200, 200, 200]


def test_a_token_of_one_organization_changes_that_one_alone(api, user, member):
    (first, second), datasets = member
    headers = holder(user, f"write:org:{first.pk}")
    assert [rename(api, dataset, headers).status_code for dataset in datasets] == [200, 403, 403]
    body = {"title": "T", "description": "D"}
    made = api.post("/api/1/datasets/", {**body, "organization": first.pk}, format="json", headers=headers)
    assert made.status_code == 201
    for owner in ({"organization": second.pk}, {}, {"owner": user.pk}):
        refused = api.post("/api/1/datasets/", {**body, **owner}, format="json", headers=headers)
        assert refused.status_code == 400, owner
    for owner in ({"organization": second.pk}, {"organization": None, "owner": user.pk}):
        given = api.put(f"/api/1/datasets/{datasets[0].pk}/", owner, format="json", headers=headers)
        assert given.status_code == 400, owner


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("put", "/api/1/me/"),
        ("post", "/api/1/organizations/"),
        ("post", "/api/1/discussions/"),
        ("post", "/api/1/datasets/{dataset}/followers/"),
        ("post", "/api/1/organizations/{other}/membership/"),
        ("delete", "/api/1/organizations/{other}/member/{user}/"),
        ("post", "/api/1/datasets/{dataset}/upload/community/"),
        ("post", "/api/1/reports/"),
        ("post", "/api/1/transfer/"),
    ],
)
def test_a_token_of_one_organization_does_nothing_in_person(api, user, member, method, address):
    (first, second), datasets = member
    address = address.format(dataset=datasets[0].pk, other=second.pk, user=user.pk)
    body = {} if "upload" in address else {"name": "N", "description": "D"}
    sent = {"format": "multipart"} if "upload" in address else {"format": "json"}
    response = getattr(api, method)(address, body, headers=holder(user, f"write:org:{first.pk}"), **sent)
    assert response.status_code == 403


def test_harvest_opens_sources_and_nothing_else(api, user, member):
    organization, dataset = member[0][0], member[1][0]
    headers = holder(user, "harvest")
    body = {"name": "S", "url": "https://example.org/csw", "backend": "dcat", "organization": organization.pk}
    assert api.post("/api/1/harvest/sources/", body, format="json", headers=headers).status_code in (201, 400)
    assert rename(api, dataset, headers).status_code == 403
    assert api.post("/api/1/harvest/sources/", body, format="json", headers=holder(user, "read")).status_code == 403


@pytest.mark.parametrize(("scope", "status"), [("admin", 200), ("write", 403), ("read", 403)])
def test_only_the_scope_admin_gives_the_powers_of_an_administrator(api, scope, status):
    admin = UserFactory(admin=True)
    headers = holder(admin, scope)
    hidden = DatasetFactory(private=True, organization=OrganizationFactory())
    assert rename(api, DatasetFactory(), headers).status_code == status
    assert api.get(f"/api/1/datasets/{hidden.pk}/", headers=headers).status_code == (200 if status == 200 else 404)
    assert api.get("/api/1/users/", headers=headers).status_code == status
    admin.refresh_from_db()
    assert admin.is_superuser


def test_a_limited_token_leaves_the_account_as_it_is(api):
    admin = UserFactory(admin=True)
    response = api.put("/api/1/me/", {"first_name": "Grace"}, format="json", headers=holder(admin, "write"))
    assert response.status_code == 200
    admin.refresh_from_db()
    assert (admin.first_name, admin.is_superuser) == ("Grace", True)


def test_the_same_token_opens_as_a_bearer_and_wins_over_a_session(api, client, user):
    headers = holder(user, "read")
    bearer = {"Authorization": f"Bearer {headers['X-API-KEY']}"}
    assert api.get("/api/1/me/", headers=bearer).json()["id"] == user.pk
    assert api.get("/api/1/me/", headers={"Authorization": "bearer  udata_nope"}).json() == {
        "message": "Invalid API token"
    }
    client.force_login(UserFactory())
    assert client.get("/api/1/me/", headers=headers).json()["id"] == user.pk
    assert client.get("/api/1/me/", headers=bearer).json()["id"] == user.pk


@pytest.mark.parametrize("scope", ["admin", "read"])
def test_scopes_cost_no_query(api, user, django_assert_num_queries, scope):
    headers = holder(user, scope)
    api.get("/api/1/me/", headers=headers)
    with django_assert_num_queries(3):  # the token with its user, her roles, her organizations
        api.get("/api/1/me/", headers=headers)
