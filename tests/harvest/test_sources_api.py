"""Harvest sources over the API: proposed by publishers, validated by administrators, their secrets kept."""

import pytest

from catalog.models import Notification
from harvest.models import Source
from tests.catalog.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db

LIST = "/api/1/harvest/sources/"


@pytest.fixture
def member(api):
    member = MemberFactory(role="admin")
    api.force_authenticate(member.user)
    return member


def propose(api, **values):
    return api.post(LIST, {"name": "src", "url": "https://h.example.org/", "backend": "dcat", **values}, format="json")


def test_a_source_is_proposed_validated_and_listed(api, member):
    admin = UserFactory(admin=True)
    json = propose(api, organization=member.organization.pk).json()
    assert json["validation"]["state"] == "pending"
    assert Notification.objects.get().user == admin
    one = f"/api/1/harvest/source/{json['id']}/"
    assert api.post(f"{one}validate/", {"state": "accepted"}, format="json").status_code == 403
    api.force_authenticate(admin)
    refusal = api.post(f"{one}validate/", {"state": "refused"}, format="json")
    assert (refusal.status_code, refusal.json()["errors"]) == (400, {"comment": "Say why the source is refused."})
    assert api.post(f"{one}validate/", {"state": "accepted"}, format="json").json()["validation"]["state"] == "accepted"
    assert Notification.objects.get(user=admin).handled_at


def test_secrets_are_for_its_editors(api, member):
    config = {"extra_configs": [{"key": "token", "value": "s3cret"}]}
    source = propose(api, url="https://u:p@h.example.org/", config=config, organization=member.organization.pk).json()
    assert "s3cret" in str(source)
    api.force_authenticate(None)
    public = api.get(f"/api/1/harvest/source/{source['id']}/").json()
    assert "s3cret" not in str(public)
    assert public["url"] == "https://h.example.org/"


def test_a_new_address_is_validated_anew(api, member):
    source = Source.objects.create(
        name="s", url="https://a.example.org/", backend="ckan", organization=member.organization, validation="accepted"
    )
    path = f"/api/1/harvest/source/{source.pk}/"
    assert api.put(path, {"name": "t"}, format="json").json()["validation"]["state"] == "accepted"
    moved = api.put(path, {"url": "https://b.example.org/"}, format="json").json()
    assert moved["validation"]["state"] == "pending"


def test_a_deleted_source_is_gone_for_strangers_and_can_be_restored(api, member):
    source = Source.objects.create(
        name="s", url="https://a.example.org/", backend="ckan", organization=member.organization
    )
    path = f"/api/1/harvest/source/{source.pk}/"
    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 410
    assert api.get(LIST).json()["total"] == 0
    api.force_authenticate(UserFactory())
    assert api.get(path).status_code == 410
    assert api.put(path, {"name": "x"}, format="json").status_code == 410
    api.force_authenticate(member.user)
    assert api.put(path, {"deleted": None}, format="json").json()["deleted"] is None


@pytest.mark.parametrize("body", [{}, {"backend": "zz"}, {"url": "javascript:alert(1)"}, {"config": 3}, {"name": None}])
def test_bad_sources_are_refused(api, member, body):
    answer = api.post(LIST, body and {"name": "s", "url": "https://h.org/", "backend": "dcat", **body}, format="json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"errors", "message"}
    assert not Source.objects.exists()
