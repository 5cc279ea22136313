"""A newcomer publishes a dataset from a file, in the browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import sign_in

pytestmark = pytest.mark.once
ROWS = "code_commune;espece;date_plantation;hauteur\n" + "".join(
    f"29{19 + n:03};Chêne;20{10 + n}-0{1 + n % 9}-11;{5 + n},5\n" for n in range(14)
)
TEXT = "Every tree that the town has planted in its streets: species, date of planting, height in metres. " * 4


@pytest.fixture
def trees(tmp_path):
    path = tmp_path / "arbres-plantés.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def violations(page):
    return [one["id"] for one in Axe().run(page).response["violations"]]


@pytest.fixture
def problems(page):
    """What the console says is wrong."""
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def begin(page, portal, trees):
    """Send the file; return with the step that describes it."""
    sign_in(page, portal)
    page.goto(f"{portal}/publish/")
    assert not violations(page)
    page.click("text=A dataset")
    page.set_input_files("input[type=file]", trees)
    page.click("text=Go on")
    page.wait_for_url(re.compile("/describe/"))


def describe(page):
    """Say what the data are; the draft keeps it while one types."""
    page.fill("textarea[name=description]", TEXT)
    page.select_option("select[name=frequency]", "annual")
    page.locator("[data-saved]", has_text="Saved").wait_for()
    assert page.inner_text("[data-score]").strip() == "100 %"
    page.click("text=Save and go on")
    page.wait_for_url(re.compile("/files/"))


def test_from_a_file_to_a_public_page(portal, page, trees, problems):
    begin(page, portal, trees)
    assert page.input_value("input[name=title]") == "Arbres plantés"
    assert page.input_value("select[name=license]")  # the one that the organization used last
    assert not violations(page)
    describe(page)
    assert not violations(page)
    page.click("a:has-text('Go on')")
    page.wait_for_url(re.compile("/coverage/"))
    assert page.input_value("input[name=temporal_start]") == "2010-01-11"
    assert page.is_checked("input[value='fr:departement:29']")
    page.click("text=Save and go on")
    page.wait_for_url(re.compile("/check/"))
    assert not violations(page)
    page.click("button[value=publish]")
    page.wait_for_url(re.compile(r"/datasets/[^/]+/$"))
    check_public_page(page)
    assert not problems


def check_public_page(page):
    """The map, the quality and the rows show."""
    text = page.inner_text("main")
    assert "Finistère" in text
    assert "100 %" in text
    assert page.locator("figure.p-map svg path").count() > 1
    page.click(".p-resource__title a")
    page.wait_for_url(re.compile("/resources/"))
    assert page.locator("section[aria-labelledby=table] tbody tr").count() == 14
