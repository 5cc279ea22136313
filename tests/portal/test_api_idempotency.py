"""`Idempotency-Key`: a POST that is sent again is answered again, and carried out once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.api.dataset import DatasetViewSet
from catalog.models import Dataset
from portal.models import IdempotentRequest
from portal.tasks import prune_idempotent_requests
from tests.catalog.factories import DatasetFactory, UserFactory

pytestmark = pytest.mark.django_db

URL = "/api/1/datasets/"
BODY = {"title": "Trees", "description": "Of the streets"}


@pytest.fixture
def writer(api):
    api.force_authenticate(UserFactory())
    return api


def post(client, key, body=BODY, url=URL):
    return client.post(url, body, format="json", headers={"idempotency-key": key})


def test_the_same_request_makes_one_object_and_has_the_same_answer(writer):
    first, again = post(writer, "k"), post(writer, "k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Dataset.objects.count() == 1


def test_another_key_or_another_caller_is_another_request(writer):
    post(writer, "k")
    post(writer, "l")
    writer.force_authenticate(UserFactory())
    post(writer, "k")
    assert Dataset.objects.count() == 3


def test_another_request_under_the_same_key_is_refused(writer):
    post(writer, "k")
    for body, url in [({**BODY, "title": "Other"}, URL), (BODY, f"{URL}?lang=fr")]:
        refused = post(writer, "k", body, url)
        assert refused.status_code == 422
        assert "Idempotency-Key" in refused.json()["message"]
    assert Dataset.objects.count() == 1


def test_a_refusal_is_not_kept(writer):
    assert post(writer, "k", {"title": "Trees"}).status_code == 400
    assert not IdempotentRequest.objects.exists()
    assert post(writer, "k").status_code == 201


def test_a_crash_leaves_nothing_behind(writer, monkeypatch):
    def crash(*_arguments, **_more):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("catalog.api.dataset_write.DatasetWriteMixin.answer", crash)
        with pytest.raises(RuntimeError):
            post(writer, "k")
    assert (Dataset.objects.count(), IdempotentRequest.objects.count()) == (0, 0)
    assert post(writer, "k").status_code == 201


@pytest.mark.parametrize("key", ["", "  ", "x" * 256, "a\x07b"])
def test_a_key_that_can_not_be_kept_is_refused(writer, key):
    assert post(writer, key).status_code == 400
    assert not Dataset.objects.exists()


def test_who_may_not_write_is_told_so_before_anything_is_kept(api):
    assert post(api, "k").status_code == 401
    assert not IdempotentRequest.objects.exists()


def test_a_key_without_a_body_or_a_route_for_posts_does_no_harm(writer):
    dataset = DatasetFactory()
    assert post(writer, "k", url=f"{URL}{dataset.pk}/").status_code == 405
    admin = UserFactory(admin=True)
    writer.force_authenticate(admin)
    for _again in range(2):
        response = writer.post(f"{URL}{dataset.pk}/featured/", headers={"idempotency-key": "f"})
        assert response.status_code == 200, response.content


def test_answers_are_kept_for_a_day(writer):
    post(writer, "old")
    IdempotentRequest.objects.update(created_at=timezone.now() - timedelta(hours=25))
    post(writer, "new")
    assert post(writer, "old").status_code == 201
    assert Dataset.objects.count() == 3
    IdempotentRequest.objects.filter(key="old").update(created_at=timezone.now() - timedelta(hours=25))
    prune_idempotent_requests()
    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["new"]


def test_a_secret_answer_is_not_kept(writer, monkeypatch):
    create = DatasetViewSet.create

    def secret(self, request, *arguments, **more):
        response = create(self, request, *arguments, **more)
        response.headers["Cache-Control"] = "no-store"
        return response

    monkeypatch.setattr(DatasetViewSet, "create", secret)
    assert post(writer, "k").status_code == 201
    assert not IdempotentRequest.objects.exists()


def test_a_new_token_is_never_kept(writer):
    answers = [post(writer, "t", {"name": "n"}, "/api/1/me/api_tokens/") for _one in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["token"] != answers[1].json()["token"]
    assert not IdempotentRequest.objects.exists()
