"""A harvester of one's own: the one that the documentation shows, and the package that a command writes."""

import json
import os
import re
import subprocess
import sys
from types import ModuleType

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

import harvest.backends as registry
from catalog.models import Dataset
from harvest.models import Job, JobStatus, Source
from harvest.pipeline import runner
from tests.catalog.factories import OrganizationFactory
from tests.harvest.fixtures import serving

CATALOGUE = {
    "/datasets.json": {
        "total": 3,
        "next": "/two.json",
        "datasets": [
            {
                "id": "w-1",
                "title": "Water",
                "theme": "nature",
                "description": "<p>Levels of <b>rivers</b></p>",
                "keywords": ["Water", "River levels"],
                "license": "odc-odbl",
                "modified": "2024-05-06",
                "files": [{"name": "Levels", "url": "https://data.example.org/water.csv"}],
            },
            {"id": "s-1", "title": "Schools", "theme": "people"},
        ],
    },
    "/two.json": {"total": 3, "datasets": [{"title": "No identifier", "theme": "nature"}]},
}


class EntryPoint:
    """What an installed package declares."""

    def __init__(self, name, value, loaded):
        self.name, self.value, self.loaded = name, value, loaded

    def load(self):
        if isinstance(self.loaded, Exception):
            raise self.loaded
        return self.loaded


@pytest.fixture
def plugged(monkeypatch):
    """Return a function that makes the portal find these classes as those of installed packages."""

    def plug(*points):
        monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "portal.harvesters" else ())
        registry.backends.cache_clear()
        return registry.backends()

    yield plug
    monkeypatch.undo()
    registry.backends.cache_clear()


def documented():
    """Return the class that the documentation shows, from the text of it."""
    section = (settings.BASE_DIR / "docs" / "extending.md").read_text(encoding="utf-8").split("\n## A harvester\n")[1]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]
    assert len(code.strip().splitlines()) <= 40
    module = ModuleType("lagoon")
    exec(compile(code, "docs/extending.md", "exec"), module.__dict__)  # noqa: S102 - it is our own text
    declared = re.search(r"```toml\n(.*?)```", section, re.DOTALL)[1]
    assert declared == f'[project.entry-points."{registry.GROUP}"]\nlagoon = "lagoon:Lagoon"\n'
    return module.Lagoon


@pytest.mark.django_db
def test_the_documented_harvester_harvests(plugged):
    kind = documented()
    assert plugged(EntryPoint("lagoon", "lagoon:Lagoon", kind))["lagoon"] is kind
    with serving({path: json.dumps(answer) for path, answer in CATALOGUE.items()}) as remote:
        source = Source.objects.create(
            name="Lagoon",
            url=remote.url,
            backend="lagoon",
            validation="accepted",
            organization=OrganizationFactory(),
            config={"filters": [{"key": "theme", "value": "nature"}]},
        )
        job = runner.run(Job.objects.create(source=source).pk)
    assert job.status == JobStatus.DONE
    assert job.counters == {"created": 1, "skipped": 2}  # one of another theme, one without an identifier
    dataset = Dataset.objects.get()
    assert (dataset.title, dataset.description, dataset.license_id) == ("Water", "Levels of **rivers**", "odc-odbl")
    assert sorted(dataset.tags.values_list("name", flat=True)) == ["river-levels", "water"]
    assert [(one.title, one.format) for one in dataset.resources.all()] == [("Levels", "csv")]


def test_a_package_that_cannot_be_loaded_takes_nobody_with_it(plugged, caplog):
    found = plugged(EntryPoint("bad", "bad:Bad", ImportError("no")), EntryPoint("odd", "odd:Odd", "no class"))
    assert {"ckan", "ods", "data-json", "csv"} <= found.keys()
    assert not {"bad", "odd"} & found.keys()
    assert {record.getMessage().split(" ")[2] for record in caplog.records} == {"bad", "odd"}


def test_the_package_passes_its_own_test_as_it_is_written(tmp_path):
    call_command("startharvester", "salt_lagoon", into=str(tmp_path))
    folder = tmp_path / "salt_lagoon"
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md", "pyproject.toml", "salt_lagoon.py", "test_salt_lagoon.py",
    ]  # fmt: skip
    assert 'salt-lagoon = "salt_lagoon:SaltLagoon"' in (folder / "pyproject.toml").read_text()
    assert not [path for path in folder.iterdir() if "{{" in path.read_text() or "{%" in path.read_text()]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", str(folder)]
    environment = {"PATH": os.environ["PATH"], "DEBUG": "on", "DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)  # noqa: S603
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b5 passed", done.stdout)


@pytest.mark.parametrize(
    "name",
    ["", "Lagoon", "la-goon", "1agoon", "la goon", "../lagoon", "lagoon.py", "class", "_lagoon", "lagoon_", "x" * 41,
     "é", "lagoon\n", "json", "harvest", "ckan", "data_json"],
)  # fmt: skip
def test_a_name_that_cannot_be_used_is_refused_and_nothing_is_written(name, tmp_path):
    with pytest.raises(CommandError):
        call_command("startharvester", name, into=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays_as_it_is(tmp_path):
    (tmp_path / "lagoon").mkdir()
    (tmp_path / "dead").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("mine")
    for name in ("lagoon", "dead", "file"):
        with pytest.raises(CommandError, match="already exists"):
            call_command("startharvester", name, into=str(tmp_path))
    with pytest.raises(CommandError, match="no folder"):
        call_command("startharvester", "lagoon", into=str(tmp_path / "nowhere"))
    assert (tmp_path / "file").read_text() == "mine"
    assert list((tmp_path / "lagoon").iterdir()) == []
