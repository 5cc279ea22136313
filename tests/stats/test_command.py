"""`manage.py stats`, access logs, and the tasks of the scheduler."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from stats import accesslog, loader, tasks
from stats.models import DayCount, Event, Salt, Tally
from tests.catalog.factories import DatasetFactory, ResourceFactory
from tests.stats.conftest import BROWSER

pytestmark = pytest.mark.django_db


def said(capsys, *arguments: str) -> str:
    call_command("stats", *arguments)
    return capsys.readouterr().out


def test_each_step_says_what_it_did(browse, spool, capsys):
    dataset = DatasetFactory()
    for _number in range(3):
        browse(dataset.get_absolute_url())
    spool.close()
    assert said(capsys, "load") == "loaded=3 files=1\n"
    assert said(capsys, "rollup") == "periods=3 counters=1\n"
    assert said(capsys, "rollup") == "periods=0 counters=0\n"
    assert "stats_dirty_hours 0" in said(capsys, "check")
    assert said(capsys, "purge").startswith("salts=0 hits=")
    assert said(capsys, "rollup", "--since", timezone.localdate().isoformat()).startswith("again=")
    assert DayCount.objects.get().hits == 3
    dataset.refresh_from_db()
    assert dataset.metric_views == 1


def test_the_check_finds_what_does_not_agree(browse, spool, capsys):
    browse("/")
    tasks.roll_up()
    DayCount.objects.update(hits=7)
    with pytest.raises(CommandError):
        call_command("stats", "check")
    assert "7 in the day, 1 hits" in capsys.readouterr().err


def test_the_tasks_do_it_all(browse, spool):
    dataset = DatasetFactory()
    browse(dataset.get_absolute_url())
    assert tasks.roll_up() == "loaded=1 periods=3"
    assert tasks.refresh_counters() == "loaded=0 periods=0 counters=1"
    Salt.objects.create(day=timezone.localdate() - timedelta(days=2), value=b"x" * 32)
    assert tasks.purge().startswith("salts=1 ")
    dataset.refresh_from_db()
    assert dataset.metric_views == 1
    tasks.push_to_matomo()
    tasks.pull_from_matomo()


# --- Access logs ---------------------------------------------------------------------------------------------------


def combined(
    uri: str, status: int = 200, *, address: str = "203.0.113.7", agent: str = BROWSER, method: str = "GET"
) -> str:
    now = datetime.now(UTC)
    return f'{address} - - [{now:%d/%b/%Y:%H:%M:%S} +0000] "{method} {uri} HTTP/1.1" {status} 512 "-" "{agent}"\n'


def as_json(uri: str, status: int = 200, range_: str = "") -> str:
    values = {"time": datetime.now(UTC).timestamp(), "address": "203.0.113.7", "method": "GET", "uri": uri}
    return json.dumps(values | {"status": str(status), "range": range_, "user_agent": BROWSER}) + "\n"


@pytest.fixture
def resource():
    found = ResourceFactory(dataset=DatasetFactory())
    found.file = f"resources/{found.pk}/data.csv"
    found.save()
    return found


def test_files_that_a_proxy_sent_are_counted_once(resource, tmp_path, capsys):
    log = tmp_path / "access.log"
    file = f"/media/{resource.file.name}"
    lines = [combined(file), combined(file, 304), combined(file, 404), combined(file, method="HEAD"), "not a line\n"]
    lines += [combined("/datasets/"), combined(file, agent="curl/8.5.0"), combined("/media/avatars/x.png")]
    log.write_text("".join(lines))
    assert said(capsys, "import-log", str(log)) == f"{log}: 2\n"
    assert accesslog.import_log(log) == 0
    with log.open("a") as more:
        more.write(combined(file))
    rotated = log.rename(tmp_path / "access.log.1")
    assert accesslog.import_log(rotated) == 1
    assert Tally.objects.get(name="unreadable").value == 1
    assert set(Event.objects.values_list("target__ref", flat=True)) == {str(resource.pk)}
    assert Event.objects.values("visitor").distinct().count() == 2


def test_parts_of_files_count_by_where_they_begin(resource, tmp_path):
    log = tmp_path / "access.json"
    file = f"/media/{resource.file.name}"
    log.write_text(
        as_json(file, 206, "bytes=0-") + as_json(file, 206, "bytes=99-") + as_json(file, 206) + as_json(file)
    )
    assert accesslog.import_log(log) == 2


def test_a_portal_that_does_not_count_itself_has_everything_from_the_log(resource, tmp_path):
    log = tmp_path / "access.log"
    paths = (resource.dataset.get_absolute_url(), f"/datasets/r/{resource.pk}", "/api/1/site/", "/admin/", "/nowhere")
    log.write_text("".join(combined(path, 302 if "/r/" in path else 200) for path in paths))
    assert accesslog.import_log(log, everything=True) == 3


def test_an_old_log_counts_as_late_and_lines_without_a_salt_have_no_visitor(resource, tmp_path, monkeypatch):
    log = tmp_path / "access.json"
    line = json.loads(as_json(f"/media/{resource.file.name}"))
    for days in (2, 30):
        with log.open("a") as file:
            file.write(json.dumps(line | {"time": line["time"] - days * 86_400}) + "\n")
    assert accesslog.import_log(log) == 1
    assert Event.objects.get().visitor is None
    assert Tally.objects.get(name="late").value == 1


INFINITE = b'{"time":1e400,"address":"","method":"GET","uri":"/","status":"200"}\n'


@pytest.mark.parametrize(
    "content",
    [b"", b"half a line", b"\xff\xfe\x00\n", b"{}\n", b'{"time":"x"}\n', b"[" * 5000 + b"\n", INFINITE,
     INFINITE.replace(b"1e400", b"1e30")],
)  # fmt: skip
def test_what_is_no_log_harms_nothing(content, tmp_path):
    log = tmp_path / "access.log"
    log.write_bytes(content)
    assert accesslog.import_log(log) == 0


def test_a_log_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("stats", "import-log", str(tmp_path / "none.log"))
    assert loader.load(Path(tmp_path)) == loader.Loaded(0, 0)
