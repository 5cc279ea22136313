"""`manage.py starttheme` and `checktheme`."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError


def manage(folder, *arguments, **environment):
    paths = {"PYTHONPATH": str(folder), "DEBUG": "on", "DATA_DIR": str(folder / "data")}
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    return subprocess.run(  # noqa: S603 - our own command
        command, env={**os.environ, **paths, **environment}, capture_output=True, text=True, check=False
    )


def test_a_theme_just_started_is_without_fault(tmp_path, capsys):
    call_command("starttheme", "blue_river", into=str(tmp_path))
    done = manage(tmp_path, "checktheme", PORTAL_THEME="theme_blue_river")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Blue river: 1 templates" in done.stdout
    assert "no error" in done.stdout


def test_what_is_wrong_with_a_theme_is_listed(tmp_path):
    call_command("starttheme", "grey", into=str(tmp_path))
    (tmp_path / "theme_grey" / "static" / "theme_grey" / "tokens.css").write_text(":root { --p-accent: #ccc; }")
    (tmp_path / "theme_grey" / "theme" / "templates" / "portal" / "home.html").write_text("{% if %}")
    done = manage(tmp_path, "checktheme", "grey", PORTAL_THEMES="theme_grey")
    assert done.returncode == 1
    assert "--p-accent on --p-bg (light) has a contrast of 1.6" in done.stdout
    assert "portal/home.html" in done.stdout


@pytest.mark.parametrize("name", ["", "1st", "Blue", "a-b", "../x", "class", "neutral"])
def test_a_name_that_cannot_be_used_is_refused(name, tmp_path):
    with pytest.raises(CommandError):
        call_command("starttheme", name, into=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path):
    call_command("starttheme", "river", into=str(tmp_path))
    with pytest.raises(CommandError, match="cannot be made"):
        call_command("starttheme", "river", into=str(tmp_path))
    with pytest.raises(CommandError, match="no folder"):
        call_command("starttheme", "river", into=str(tmp_path / "nowhere"))
    with pytest.raises(CommandError, match="no theme"):
        call_command("checktheme", "nowhere")


pytestmark = pytest.mark.once
PRODUCTION = {"DEBUG": "off", "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        (PRODUCTION, "theme_gouvfr.E001"),
        ({}, "theme_gouvfr.W001"),
        ({**PRODUCTION, "THEME_GOUVFR_STATE_SITE": "on"}, ""),
    ],
    ids=["production", "debugging", "state"],
)
def test_the_terms_of_the_states_design_are_recalled(environment, code, tmp_path):
    done = manage(tmp_path, "check", PORTAL_THEME="theme_gouvfr", **environment)
    assert (done.returncode != 0) == code.endswith("E001")
    assert code in done.stderr
    assert ("6411-SG" in done.stderr) == bool(code)
