"""A portal with the demonstration's catalogue in a process of its own, and Debian's chromium to look at it.

Playwright drives the browser that the system has: `apt-get install chromium`. These tests are skipped without it; CI
installs it.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 120  # seconds for a portal to answer
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
EDITOR = ("editor@demo.local", "Demo-Editor-2026")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip without a browser."""
    for item in items:
        if not CHROMIUM and "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.skip(reason="there is no chromium"))


class Portal:
    """A running portal: `address`, and how it is stopped."""

    def __init__(self, environment: dict[str, str], theme: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        known = {**environment, "PORTAL_THEME": theme, "SITE_URL": self.address, "PORT": str(port)}
        self.log = Path(environment["DATA_DIR"]) / f"{theme or 'neutral'}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the command is ours
                [sys.executable, "manage.py", "serve", "--port", str(port)],
                cwd=settings.BASE_DIR, env=known, stdout=log, stderr=log,
            )  # fmt: skip

    def wait(self) -> "Portal":
        """Return when it answers. Raises AssertionError with its log if it does not."""
        end = monotonic() + PATIENCE
        while monotonic() < end and self.process.poll() is None:
            try:
                with urlopen(f"{self.address}/datasets/", timeout=5):  # noqa: S310 - an address of ours
                    return self
            except OSError:
                sleep(0.5)
        raise AssertionError(self.log.read_text(errors="replace")[-2000:])

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="session")
def environment(tmp_path_factory) -> dict[str, str]:
    """The environment of a portal whose catalogue is the demonstration's."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    found = {**kept, "DATA_DIR": str(tmp_path_factory.mktemp("portal")), "DEBUG": "on", "API_THROTTLE": "off"}
    for command in (["migrate", "--verbosity", "0"], ["sync_schedules"], ["demo"]):
        manage(found, *command)
    return found


def manage(environment: dict[str, str], *command: str) -> None:
    """Run a command of manage.py. Raises AssertionError with what it said if it fails."""
    done = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(scope="module", params=["", "theme_gouvfr"], ids=["neutral", "gouvfr"])
def portal(request, environment) -> Iterator[str]:
    """The address of a portal, in each theme."""
    made = Portal(environment, request.param)
    try:
        yield made.wait().address
    finally:
        made.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:
    """A page of a desktop's size, in English."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB", reduced_motion="reduce")
    made = context.new_page()
    made.set_default_timeout(20_000)
    yield made
    context.close()


def sign_in(page: Page, portal: str) -> None:
    """Sign in as the demonstration's editor."""
    page.goto(f"{portal}/account/login/")
    page.fill("input[name=login]", EDITOR[0])
    page.fill("input[name=password]", EDITOR[1])
    page.click("main form button[type=submit]")
    page.wait_for_url(lambda address: "login" not in address)
