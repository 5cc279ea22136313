"""What plug-ins put into the pages."""

import pytest
from django.utils.safestring import SafeString

from portal.lib import slots


@pytest.fixture
def fill():
    added = []

    def add(name, provider, **options):
        added.append(slots.slot(name, **options)(provider))

    yield add
    for provider in added:
        slots.remove(provider)


def test_plug_ins_fill_a_slot_in_their_order_and_a_text_is_escaped(client, db, fill):
    fill("header", lambda request: "<b>plain</b>", order=2)
    fill("header.snippets", lambda request: SafeString(f"<i>{request.path}</i>"), order=1)
    page = client.get("/").content.decode()
    assert page.index("<i>/</i>") < page.index("&lt;b&gt;plain&lt;/b&gt;")


def test_a_plug_in_that_fails_is_left_out_and_logged(client, db, fill, caplog):
    def broken(request):
        raise RuntimeError("no")

    fill("footer", broken)
    fill("footer", lambda request: "still here")
    assert "still here" in client.get("/").content.decode()
    assert "broken failed in the slot footer" in caplog.text


def test_a_slot_that_is_nowhere_is_refused():
    with pytest.raises(ValueError, match="no slot"):
        slots.slot("dataset.nowhere")
