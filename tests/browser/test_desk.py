"""A day at the desk, in the browser: submitted, sent back, published; changed, reverted; merged; five hundred retagged.

Each page that is stood on has no violation (axe) and breaks no policy (the console says so). With `DESK_SHOTS` (a
folder), each step leaves a picture to look at.
"""

import os
import re
from pathlib import Path
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import EDITOR, Portal, manage

pytestmark = pytest.mark.once
CURATOR = ("admin@demo.local", "Demo-Admin-2026")
SHOTS = os.environ.get("DESK_SHOTS", "")
MANY = 500
WORDS = "Every tree that the town has planted in its streets, with species, date of planting and height in metres. "
SEED = f"""
from catalog.models import Dataset, Organization, Resource
from portal.models import User
owner = Organization.objects.filter(members__user__email="{EDITOR[0]}").first()
Dataset.objects.bulk_create(
    [Dataset(title=f"Sheet {{n}} of the plan", slug=f"sheet-{{n}}", organization=owner) for n in range({MANY})]
)
for name in ("Benches of the town", "Benches of the town (copy)"):
    one = Dataset.objects.create(title=name, description="Where one may sit down.", organization=owner)
    Resource.objects.create(dataset=one, title="Benches", url="https://example.org/benches.csv")
"""


@pytest.fixture(scope="module")
def desk(environment):
    """The address of a portal where publications are reviewed."""
    manage(environment, "shell", "-c", SEED)
    made = Portal({**environment, "PUBLICATION_REVIEW": "on"}, "")
    try:
        yield made.wait().address
    finally:
        made.stop()


class Person:
    """Somebody at her own browser; what its console says is wrong is kept."""

    def __init__(self, browser, portal, account):
        self.portal, self.problems = portal, []
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.go("/account/login/")
        self.page.fill("input[name=login]", account[0])
        self.page.fill("input[name=password]", account[1])
        self.page.click("main form button[type=submit]")
        self.page.wait_for_url(lambda address: "login" not in address)

    def hear(self, message):
        if message.type == "error":
            self.problems.append(f"{message.text[:300]} {message.location.get('url')}")

    def go(self, path):
        self.page.goto(f"{self.portal}{path}")

    def stands_on(self, name, *texts):
        """The page says these texts and has no violation; a picture is left."""
        for text in texts:
            self.page.locator("body", has_text=text).wait_for()
        self.page.wait_for_load_state()
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True, caret="initial")
        assert not self.problems, f"{name}: {self.problems}"
        found = Axe().run(self.page).response["violations"]
        self.problems.clear()  # what axe itself asked for: styles of its own, and sheets that sheets import
        assert not found, f"{name}: {[(one['id'], one['nodes'][0]['html']) for one in found]}"


@pytest.fixture(scope="module")
def editor(browser, desk):
    made = Person(browser, desk, EDITOR)
    yield made
    made.context.close()


@pytest.fixture(scope="module")
def curator(browser, desk):
    made = Person(browser, desk, CURATOR)
    yield made
    made.context.close()


def drafted(editor, tmp_path):
    """Draft a dataset with a file in the wizard; return its id."""
    file = tmp_path / "trees.csv"
    file.write_text("species;height\noak;12\nlime;9\n", encoding="utf-8")
    editor.go("/publish/datasets/")
    editor.page.set_input_files("input[type=file]", file)
    editor.page.click("text=Go on")
    editor.page.wait_for_url(re.compile("/describe/"))
    editor.page.fill("input[name=title]", "Trees of the streets")
    editor.page.fill("textarea[name=description]", WORDS * 3)
    editor.stands_on("01-draft")
    editor.page.click("text=Save and go on")
    editor.page.wait_for_url(re.compile("/files/"))
    editor.page.fill("input[name=url]", "https://example.org/more-trees.csv")
    editor.page.click("main .p-form button:has-text('Add')")
    editor.page.wait_for_url(re.compile("/files/"))
    editor.stands_on("02-files", "2 files")
    return re.search(r"/datasets/(\w+)/", editor.page.url).group(1)


def submitted(editor, pk, comment, name):
    editor.go(f"/publish/datasets/{pk}/check/")
    editor.page.fill("textarea[name=comment]", comment)
    editor.page.click("button:has-text('Submit for review')")
    editor.page.wait_for_url(re.compile("/check/"))
    editor.stands_on(name, "A curator will look at it")


def opened(curator, tile, title, name):
    """Go from the desk through a tile to one row of its list."""
    curator.go("/admin/")
    curator.stands_on(f"{name}-desk", tile)
    curator.page.click(f"main a:has-text('{tile}')")
    curator.stands_on(f"{name}-list", title)
    curator.page.click(f"#result_list a:has-text('{title}')")
    curator.stands_on(name, title)


def test_submitted_sent_back_published_changed_and_reverted(editor, curator, tmp_path):
    pk = drafted(editor, tmp_path)
    submitted(editor, pk, "Ready, I think", "03-submitted")
    opened(curator, "Submissions to review", "Trees of the streets", "04-review")
    assert "Ready, I think" in curator.page.inner_text("body")
    curator.page.fill("textarea[name=comment]", "Which town? Say it in the title.")
    curator.page.click("button[value=return]")
    curator.stands_on("05-sent-back", "goes back to its author")
    editor.go(f"/publish/datasets/{pk}/check/")
    editor.stands_on("06-told", "Which town?")
    editor.go(f"/publish/datasets/{pk}/describe/")
    editor.page.fill("input[name=title]", "Trees of the streets of Port-Serein")
    editor.page.click("text=Save and go on")
    editor.page.wait_for_url(re.compile("/files/"))
    submitted(editor, pk, "The town is named now", "07-resubmitted")
    opened(curator, "Submissions to review", "Trees of the streets of Port-Serein", "08-review-again")
    shown = curator.page.inner_text("body")
    assert "Since it was sent back" in shown
    assert "of Port-Serein" in curator.page.inner_text(".p-sides ins")
    curator.page.click("button[value=publish]")
    curator.stands_on("09-published", "is published")
    changed(editor, curator, pk)
    reverted(curator, pk)
    fits(curator, review="review", change="pendingchange")


def changed(editor, curator, pk):
    """A change of what is published waits, is compared, and is approved; readers see nothing before."""
    editor.go(f"/publish/datasets/{pk}/describe/")
    editor.page.fill("textarea[name=description]", f"{WORDS * 3}\n\nSpecies are named in Latin.")
    editor.page.fill("input[name=tags]", "trees, streets")
    editor.page.click("main .p-form button:has-text('Save')")
    editor.page.wait_for_url(re.compile("/describe/"))
    editor.stands_on("10-change", "Your change waits for a curator", "You see what you proposed")
    editor.go("/publish/")
    editor.stands_on("11-own-desk", "Your changes that wait")
    editor.page.click("section:has(#changes) a")
    editor.stands_on("12-own-change", "Published now", "Proposed")
    editor.go("/datasets/trees-of-the-streets-of-port-serein/")
    assert "named in Latin" not in editor.page.inner_text("main")
    opened(curator, "Changes to review", "Trees of the streets of Port-Serein", "13-change")
    assert "named in Latin" in curator.page.inner_text(".p-sides")
    curator.page.click("summary:has-text('Amend')")
    curator.stands_on("14-amend")
    curator.page.click("button[value=approve]")
    curator.stands_on("15-approved", "is published")
    editor.go("/datasets/trees-of-the-streets-of-port-serein/")
    editor.stands_on("16-public", "named in Latin")


def reverted(curator, pk):
    """A bad edit is taken back from the history."""
    curator.go(f"/admin/catalog/dataset/{pk}/change/")
    curator.page.fill("textarea[name=description]", "Oops")
    curator.page.click("input[name=_save] >> nth=0")
    curator.go(f"/admin/catalog/dataset/{pk}/history/")
    curator.stands_on("17-history", "Oops")
    curator.page.click("button:has-text('Bring back this state') >> nth=0")
    curator.stands_on("18-reverted", "as it was")
    curator.go("/datasets/trees-of-the-streets-of-port-serein/")
    assert "named in Latin" in curator.page.inner_text("main")


class Unfollowed(HTTPRedirectHandler):
    """Keeps the first answer."""

    def redirect_request(self, *args):
        return None


def answer_of(address):
    """Return the status of an address, and where it leads."""
    try:
        found = build_opener(Unfollowed).open(Request(address))  # noqa: S310 - an address of ours
    except OSError as refusal:
        found = refusal
    with found:
        return found.status, found.headers["Location"]


def test_duplicates_are_merged_and_their_addresses_lead_on(curator, editor, desk):
    curator.go("/admin/catalog/dataset/?q=benches")
    curator.page.check("#action-toggle")
    curator.page.select_option("select[name=action]", label="Compare and merge the selected objects")
    curator.page.click("button[name=index]")
    curator.stands_on("19-merge", "This one stays")
    kept = curator.page.inner_text(".portal-merge th:has(strong) a")
    curator.page.click("input[value=Merge]")
    curator.page.wait_for_load_state()
    curator.stands_on("20-merged", kept)
    slugs = ["benches-of-the-town", "benches-of-the-town-copy"]
    stays = slugs[1] if "copy" in kept else slugs[0]
    (former,) = set(slugs) - {stays}
    assert answer_of(f"{desk}/datasets/{former}/") == (301, f"/datasets/{stays}/")
    editor.go(f"/datasets/{former}/")  # its owner is led on, too
    assert editor.page.url.endswith(f"/datasets/{stays}/")


def test_five_hundred_are_retagged_with_progress(curator):
    curator.go("/admin/catalog/dataset/?q=sheet+plan")
    curator.page.check("#action-toggle")
    if curator.page.locator(".question a").is_visible():
        curator.page.click(".question a")
    curator.page.select_option("select[name=action]", label="Add tags")
    curator.page.click("button[name=index]")
    curator.stands_on("21-question", f"{MANY} objects are chosen")
    curator.page.fill("input[name=tags]", "plan")
    curator.page.click(".submit-row input[type=submit]")
    curator.page.wait_for_url(re.compile("/bulkjob/"))
    curator.stands_on("22-progress")
    curator.page.locator("[data-bulk=status]", has_text="Finished").wait_for(timeout=120_000)
    curator.page.reload()
    curator.stands_on("23-done", str(MANY))
    fits(curator, bulk="bulkjob")


def fits(curator, **places):
    """In the dark and on a phone nothing is unreadable or wider than the window; afterwards all is as it was."""
    for scheme, width in (("dark", 1280), ("light", 390), ("dark", 390)):
        curator.page.emulate_media(color_scheme=scheme)
        curator.page.set_viewport_size({"width": width, "height": 800})
        for name, path in places.items():
            curator.go(f"/admin/catalog/{path}/?status=all")
            curator.page.click("#result_list tbody a >> nth=0")
            curator.stands_on(f"{scheme}-{width}-{name}")
            wide = curator.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{name}: {wide} px wider than the window"
    curator.page.emulate_media(color_scheme="light")
    curator.page.set_viewport_size({"width": 1280, "height": 900})
