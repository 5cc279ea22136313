"""Every page of the administration in a real browser: accessible, under the strict policy, usable by keyboard alone."""

import os
import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Portal

pytestmark = pytest.mark.once
ADMIN = ("admin@demo.local", "Demo-Admin-2026")
SIZES = {"desktop": (1280, 900, "light"), "mobile": (390, 844, "dark")}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": TAGS}, "preload": False}  # preloading would write a style of axe's own
FIXED = ["/admin/", "/admin/password_change/", "/admin/catalog/", "/admin/catalog/dataset/duplicates/"]
REPEATED = re.compile("/(add|delete|history)/$")
DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('portal-draft:')).length"
PATHS = "all => all.map(one => one.pathname)"
LEAST_LISTS = 30
FULLEST = re.compile("/admin/catalog/(dataset|organization)/")
EVERY = bool(os.environ.get("EVERY_PAGE"))  # else the pages of one kind are looked at where they have most in them


@pytest.fixture(scope="module")
def portal(environment):
    """The address of one portal: its administration is the same in all themes."""
    made = Portal(environment, "")
    try:
        yield made.wait().address
    finally:
        made.stop()


def sign_in(page, portal):
    page.goto(f"{portal}/account/login/")
    page.fill("input[name=login]", ADMIN[0])
    page.fill("input[name=password]", ADMIN[1])
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)


@pytest.fixture(params=SIZES)
def looked_at(request, browser, portal):
    """A page of the administrator in one size and scheme, and what its console says."""
    width, height, scheme = SIZES[request.param]
    screen = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    context = browser.new_context(**screen, locale="en-GB", reduced_motion="reduce")
    page, said = context.new_page(), []
    sign_in(page, portal)
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page, said
    context.close()


@pytest.fixture
def desk(page, portal):
    """A page of a desktop's size, signed in as the administrator."""
    sign_in(page, portal)
    return page


def pages_of(page, portal):
    """Return the addresses of every list, of each list's forms, and of what is done from a form."""
    page.goto(f"{portal}/admin/")
    lists = {path for path in page.eval_on_selector_all("#desk-apps ~ * a", PATHS) if path.count("/") == 4}
    found = list(FIXED)
    for one in sorted(lists):
        found.append(one)
        page.goto(portal + one)
        links = page.eval_on_selector_all("#content a[href]", PATHS)
        form = re.compile(re.escape(one) + "[^/]+/change/")
        found += [f"{one}add/"] if f"{one}add/" in links else []
        if first := next(filter(form.fullmatch, links), None):
            found += [first, first.replace("/change/", "/history/"), first.replace("/change/", "/delete/")]
    page.goto(f"{portal}/admin/catalog/dataset/duplicates/")
    found += page.eval_on_selector_all("a.button[href]", "all => all.map(one => one.href)")[:1]
    return lists, [urlsplit(one)._replace(scheme="", netloc="").geturl() for one in found]


def wrong(page, said):
    """Return what is wrong with the page that is open."""
    found = [*said]  # before axe, which adds messages of its own
    found += [
        f"axe: {one['id']} at {one['nodes'][0]['target']}"
        for one in Axe().run(page, options=AXE).response["violations"]
    ]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


def test_every_list_and_form_is_accessible_under_the_strict_policy(portal, looked_at):
    page, said = looked_at
    lists, places = pages_of(page, portal)
    assert len(lists) >= LEAST_LISTS
    if not EVERY:
        narrow = page.viewport_size["width"] < 500
        places = [one for one in places if one in FIXED or FULLEST.match(one) or not (narrow or REPEATED.search(one))]
    bad = {}
    for place in places:
        said.clear()
        answer = page.goto(portal + place)
        if place.endswith("/delete/") and answer.status == 403:
            continue  # what nobody may delete has no page to ask
        assert answer.status == 200, place
        assert "'unsafe" not in answer.headers["content-security-policy"]
        if problems := wrong(page, said):
            bad[place] = problems
    assert not bad


def focus(page, selector):
    """Press Tab until the element has the focus."""
    for _step in range(400):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_the_keyboard_alone_searches_opens_edits_and_saves(portal, desk):
    desk.goto(f"{portal}/admin/catalog/dataset/")
    focus(desk, "#searchbar")
    desk.keyboard.type("eau")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("q=eau"))
    focus(desk, "#result_list tbody th a")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/change/"))
    focus(desk, "#id_acronym")
    desk.keyboard.press("Control+a")
    desk.keyboard.type("KBD")
    focus(desk, "#id_tags_search")
    desk.keyboard.type("a")
    desk.wait_for_selector("#id_tags_search[aria-expanded=true]")
    before = desk.locator("#id_tags option:checked").count()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    assert desk.locator("#id_tags option:checked").count() == before + 1
    form = desk.url
    focus(desk, "input[name=_save]")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".messagelist .success")
    desk.goto(form)
    assert desk.input_value("#id_acronym") == "KBD"
    assert desk.locator("#id_tags option:checked").count() == before + 1


def test_without_a_script_ids_are_typed_where_a_combobox_would_be(portal, browser):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, portal)
    page.goto(f"{portal}/admin/catalog/license/")
    licence = page.locator("#result_list tbody th a").nth(1).get_attribute("href").split("/")[-3]
    page.goto(f"{portal}/admin/catalog/dataset/")
    page.click("#result_list tbody th a >> nth=0")
    form = page.url
    page.fill("input[name=license__ids]", licence)
    page.click("input[name=_save] >> nth=0")
    page.goto(form)
    assert page.input_value("input[name=license__ids]") == licence
    context.close()


def first_form(page, portal):
    """Open the form of the first dataset; return its address."""
    page.goto(f"{portal}/admin/catalog/dataset/")
    page.click("#result_list tbody th a >> nth=0")
    page.wait_for_load_state("load")
    return page.url


def test_shortcuts_lead_about_rest_while_one_types_and_can_be_switched_off(portal, desk):
    desk.goto(f"{portal}/admin/")
    desk.keyboard.press("g")
    desk.keyboard.press("d")
    desk.wait_for_url(re.compile("/catalog/dataset/"))
    desk.keyboard.press("j")
    assert desk.evaluate("document.activeElement.matches('#result_list tbody th a')")
    desk.keyboard.press("/")
    desk.keyboard.type("?j")
    assert desk.input_value("#searchbar") == "?j"
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("?")
    desk.wait_for_selector("#portal-keys[open]")
    desk.uncheck("[data-keys-on]")
    desk.keyboard.press("Escape")
    desk.evaluate("document.activeElement.blur()")
    desk.keyboard.press("?")
    assert not desk.locator("#portal-keys[open]").count()


def test_what_is_typed_and_not_saved_is_offered_back_until_it_is_saved(portal, desk):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    form = first_form(desk, portal)
    desk.fill("#id_acronym", "LOST")
    for _moment in range(100):  # the strict policy lets the browser wait for no expression
        if desk.evaluate(DRAFTS):
            break
        desk.wait_for_timeout(100)
    desk.goto(f"{portal}/admin/")
    assert asked == ["beforeunload"]
    desk.goto(form)
    desk.click(".portal-draft button >> nth=0")
    assert desk.input_value("#id_acronym") == "LOST"
    desk.keyboard.press("Control+s")
    desk.wait_for_selector(".messagelist .success")
    assert not desk.evaluate(DRAFTS)
