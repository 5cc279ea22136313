"""The preview of a text in Markdown, and the forms that have its editor."""

import pytest
from django.urls import reverse

from portal.lib.text import render_markdown
from tests.catalog import factories

pytestmark = pytest.mark.django_db
PREVIEW = "/markdown/preview/"
TEXT = "## Head\n\n**Bold** [link](https://example.org) <script>alert(1)</script><b onerror=alert(1)>x</b>"


def test_the_preview_is_what_the_pages_show(client):
    client.force_login(factories.UserFactory())
    answer = client.post(PREVIEW, {"text": TEXT})
    assert answer.json() == {"html": render_markdown(TEXT)}
    assert "<strong>Bold</strong>" in answer.json()["html"]
    assert "onerror" not in answer.json()["html"]
    assert "<script" not in answer.json()["html"]


def test_a_preview_is_for_who_is_signed_in_and_is_asked_by_post(client):
    assert client.post(PREVIEW, {"text": TEXT}).status_code == 401
    assert client.get(PREVIEW).status_code == 405


def test_descriptions_have_the_editor_and_stay_plain_text_areas(admin_client):
    dataset = factories.DatasetFactory()
    for address in (
        reverse("admin:catalog_dataset_change", args=[dataset.pk]),
        f"/publish/datasets/{dataset.pk}/describe/",
    ):
        text = admin_client.get(address).content.decode()
        assert text.count(f'<portal-markdown data-url="{PREVIEW}"') == 1, address
        assert text.count("portal/markdown.js") == text.count("portal/markdown.css") == 1, address
