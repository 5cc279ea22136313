"""The environment makes the only difference, and a production portal refuses a dangerous one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache.backends.redis import RedisCache
from django.core.files.storage import FileSystemStorage

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]
KEY = "k3y-" + "".join(map(chr, range(48, 123)))
PRODUCTION = {
    "SECRET_KEY": KEY,
    "SITE_URL": "https://data.example.org",
    "ALLOWED_HOSTS": "data.example.org",
    "DATABASE_URL": "postgres://portal@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://user:secret@smtp.example.org:587",
}
SHOW = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


@pytest.fixture
def python(tmp_path):
    """Return a function that runs Python in an environment holding only the variables it is given."""

    def run(*arguments, **environment):
        base = {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
        return subprocess.run(  # noqa: S603
            [sys.executable, *arguments], env=base | environment, cwd=tmp_path, capture_output=True, text=True
        )

    return run


@pytest.fixture
def settings_of(python):
    """Return a function from an environment and names to the values of these settings."""

    def read(environment, *names):
        done = python("-c", SHOW, *names, **environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read


@pytest.mark.parametrize("key", ["", "short", "a" * 60, "insecure-development-key-" + "x1y2z3" * 8])
def test_production_refuses_to_start_without_a_real_secret_key(python, key):
    done = python(str(ROOT / "manage.py"), "check", **PRODUCTION | {"SECRET_KEY": key})
    assert done.returncode != 0
    assert "Set SECRET_KEY" in done.stderr


def test_the_secret_key_may_be_in_a_file(settings_of, tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n")
    environment = PRODUCTION | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "key")}
    assert settings_of(environment, "SECRET_KEY") == {"SECRET_KEY": KEY}


def test_debug_is_off_unless_asked_for(settings_of):
    assert settings_of({"SECRET_KEY": KEY}, "DEBUG") == {"DEBUG": False}


def test_debug_is_refused_behind_a_public_https_address(python):
    done = python(str(ROOT / "manage.py"), "check", **PRODUCTION | {"DEBUG": "on"})
    assert done.returncode != 0
    assert "DEBUG shows settings" in done.stderr


def test_a_production_portal_passes_the_deployment_checks(python):
    done = python(str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", ["DATABASE_URL", "REDIS_URL"])
def test_the_deployment_checks_miss_the_production_services(python, missing):
    environment = PRODUCTION | {missing: ""}
    if missing == "DATABASE_URL":
        del environment[missing]
    done = python(str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING", **environment)
    assert done.returncode != 0
    assert missing in done.stderr


def test_cookies_and_transport_are_strict_behind_https(settings_of):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT")
    assert settings_of(PRODUCTION, *names) == dict.fromkeys(names, True)
    assert settings_of(PRODUCTION, "SECURE_HSTS_SECONDS")["SECURE_HSTS_SECONDS"] >= 31_536_000


def test_the_address_of_the_site_follows_the_port(settings_of):
    assert settings_of({"DEBUG": "on", "PORT": "8123"}, "SITE_URL") == {"SITE_URL": "http://127.0.0.1:8123"}


def test_without_any_setting_all_the_data_lies_in_one_folder(settings_of, tmp_path):
    found = settings_of({"DEBUG": "on"}, "DATABASES", "MEDIA_ROOT", "CELERY_BROKER_TRANSPORT_OPTIONS")
    assert found["DATABASES"]["default"]["NAME"] == str(tmp_path / "portal.sqlite3")
    assert found["MEDIA_ROOT"] == str(tmp_path / "media")
    assert found["CELERY_BROKER_TRANSPORT_OPTIONS"]["data_folder_in"].startswith(str(tmp_path))


def test_redis_is_the_cache_and_the_broker_unless_the_broker_is_named(settings_of):
    found = settings_of(PRODUCTION, "CACHES", "CELERY_BROKER_URL")
    assert found["CACHES"]["default"]["BACKEND"].rsplit(".", 1)[1] == RedisCache.__name__
    assert found["CELERY_BROKER_URL"] == PRODUCTION["REDIS_URL"]
    other = PRODUCTION | {"CELERY_BROKER_URL": "amqp://broker"}
    assert settings_of(other, "CELERY_BROKER_URL") == {"CELERY_BROKER_URL": "amqp://broker"}


def test_tasks_travel_as_json_only(settings_of):
    assert settings_of(PRODUCTION, "CELERY_ACCEPT_CONTENT") == {"CELERY_ACCEPT_CONTENT": ["json"]}


def test_files_lie_on_local_disk_or_in_a_bucket(settings_of):
    local = settings_of(PRODUCTION, "STORAGES")["STORAGES"]["default"]
    assert local["BACKEND"].rsplit(".", 1)[1] == FileSystemStorage.__name__
    remote = settings_of(PRODUCTION | {"S3_BUCKET": "portal", "S3_REGION": "eu"}, "STORAGES")["STORAGES"]["default"]
    assert remote["OPTIONS"]["bucket_name"] == "portal"
    assert remote["OPTIONS"]["region_name"] == "eu"


def test_mail_goes_out_over_tls(settings_of):
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_USE_TLS", "EMAIL_TIMEOUT")
    assert settings_of(PRODUCTION, *names) == {
        "EMAIL_HOST": "smtp.example.org", "EMAIL_PORT": 587, "EMAIL_USE_TLS": True, "EMAIL_TIMEOUT": 10,
    }  # fmt: skip


def test_the_language_and_the_theme_are_chosen_by_the_environment(settings_of):
    found = settings_of(
        {"DEBUG": "on", "LANGUAGE_CODE": "fr", "PORTAL_THEME": "theme_gouvfr"}, "LANGUAGE_CODE", "INSTALLED_APPS"
    )
    assert found["LANGUAGE_CODE"] == "fr"
    assert found["INSTALLED_APPS"][0] == "theme_gouvfr"


def test_a_theme_that_is_not_installed_is_an_error(python):
    done = python(str(ROOT / "manage.py"), "check", DEBUG="on", PORTAL_THEME="theme_nowhere")
    assert done.returncode != 0
