"""Every kind of page in a real browser, both themes: accessible, without a foreign request, within the screen."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.once
PLACES = [
    "/", "/datasets/", "/search/?q=air", "/dataservices/", "/reuses/", "/organizations/", "/topics/", "/posts/",
    "/tags/", "/territories/", "/harvest/", "/developpeurs/", "/statistiques/", "/account/login/", "/account/signup/",
]  # fmt: skip
OBJECTS = ["datasets", "reuses", "organizations", "dataservices", "topics", "posts", "tags"]
SIZES = {"desktop": (1280, 900, "light"), "mobile": (390, 844, "dark")}


@pytest.fixture(params=SIZES)
def looked_at(request, browser):
    """A page in one size and scheme, and what it complains about and asks for."""
    width, height, scheme = SIZES[request.param]
    screen = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    context = browser.new_context(**screen, locale="en-GB", reduced_motion="reduce")
    page, said, asked = context.new_page(), [], []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    yield page, said, asked
    context.close()


def first_of(page, portal, kind):
    """Return the address of the first object that a list links to."""
    page.goto(f"{portal}/{kind}/")
    links = page.eval_on_selector_all(f'main a[href^="/{kind}/"]', "all => all.map(one => one.getAttribute('href'))")
    return next((link for link in links if re.fullmatch(rf"/{kind}/[^/?#]+/", link)), None)


def wrong(page, said, asked, host):
    """Return what is wrong with the page that is open."""
    found = [f"axe: {one['id']} at {one['nodes'][0]['target']}" for one in Axe().run(page).response["violations"]]
    found += said
    foreign = (url for url in asked if urlsplit(url).scheme in ("http", "https") and urlsplit(url).netloc != host)
    found += [f"asks for {url}" for url in foreign if not url.endswith((".png", ".jpg", ".jpeg", ".svg"))]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append("wider than the screen")
    return found


def test_every_page_is_accessible_and_asks_nobody_else(portal, looked_at):
    page, said, asked = looked_at
    places = PLACES + [found for kind in OBJECTS if (found := first_of(page, portal, kind))]
    assert len(places) > len(PLACES) + 4
    bad = {}
    for place in places:
        said.clear()
        asked.clear()
        page.goto(portal + place, wait_until="networkidle")
        if problems := wrong(page, said, asked, urlsplit(portal).netloc):
            bad[place] = problems
    assert not bad


def test_the_keyboard_alone_reaches_the_content_and_the_search(portal, page):
    page.goto(f"{portal}/datasets/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')").startswith("#")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash")
    page.goto(f"{portal}/")
    for _step in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("air")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=air"))
    assert "result" in page.inner_text("main")


def test_without_a_script_one_searches_filters_and_turns_pages(portal, browser):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{portal}/datasets/")
    page.click("nav[class*=pagination] a[href*='page=2']")
    assert "page=2" in page.url
    page.goto(f"{portal}/datasets/?format_family=geographical")
    found = page.inner_text("#results")
    page.goto(f"{portal}/datasets/")
    assert found != page.inner_text("#results")
    context.close()
