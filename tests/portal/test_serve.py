"""`manage.py serve`: what one terminal starts, it also ends."""

import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalog.services.demo.accounts import ACCOUNTS, add_accounts
from portal.lib.processes import Program, Supervisor, port_answers
from portal.management.commands.serve import Command, programs

FOREVER = (sys.executable, "-c", "import time; time.sleep(60)")
STUBBORN = (sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)")


@pytest.fixture
def supervise(tmp_path):
    """Return a function that runs programs under a supervisor: (exit code, what was reported, seconds)."""

    def run(*commands, ready=lambda: False, when_ready=lambda: None, grace=5):
        reports = []
        supervisor = Supervisor(
            [Program(f"program {number}", command) for number, command in enumerate(commands)],
            directory=tmp_path,
            environment=os.environ,
            report=reports.append,
            grace=grace,
        )
        start = time.monotonic()
        code = supervisor.run(ready=ready, when_ready=when_ready)
        assert all(process.poll() is not None for process in supervisor.running.values())
        return code, " ".join(reports), time.monotonic() - start

    return run


def test_one_program_dying_ends_all_and_says_which(supervise):
    code, reports, seconds = supervise(FOREVER, (sys.executable, "-c", "raise SystemExit(3)"))
    assert code == 1
    assert "program 1 ended by itself (exit code 3)" in reports
    assert seconds < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all(supervise, number):
    code, reports, seconds = supervise(
        FOREVER, FOREVER, ready=lambda: True, when_ready=lambda: os.kill(os.getpid(), number)
    )
    assert (code, reports) == (0, "Stopping.")
    assert seconds < 5


def test_a_program_that_refuses_to_stop_is_killed(supervise):
    code, reports, _ = supervise(
        STUBBORN,
        ready=lambda: time.sleep(1) or True,
        when_ready=lambda: os.kill(os.getpid(), signal.SIGTERM),
        grace=0.5,
    )
    assert code == 0
    assert "did not stop within 0.5 s: killed" in reports


def test_the_handlers_of_signals_are_given_back(supervise):
    before = signal.getsignal(signal.SIGTERM)
    supervise((sys.executable, "-c", ""))
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_port_in_use_is_told_before_anything_starts():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"Cannot listen on 127.0.0.1:{port}: Address already in use"):
            call_command("serve", port=port, stdout=StringIO())


def test_it_runs_a_web_server_a_worker_a_scheduler_and_an_indexer():
    web, worker, scheduler, indexer = programs("127.0.0.1", 8123, workers=2, threads=3)
    assert [web.name, worker.name, scheduler.name] == ["web server", "worker", "scheduler"]
    assert web.command[web.command.index("--port") + 1] == "8123"
    assert "worker" in worker.command
    assert "beat" in scheduler.command
    assert indexer.command[1:] == ("manage.py", "search", "index", "--follow")


@pytest.mark.django_db
def test_it_tells_where_to_go_and_the_passwords_of_the_demonstration_only_where_it_is_loaded():
    out = StringIO()
    Command(stdout=out).welcome("http://127.0.0.1:8123")
    assert "http://127.0.0.1:8123/admin/" in out.getvalue()
    assert ACCOUNTS[0].password not in out.getvalue()
    add_accounts()
    Command(stdout=out).welcome("http://127.0.0.1:8123")
    assert all(account.password in out.getvalue() for account in ACCOUNTS)


@pytest.mark.slow
def test_the_portal_serves_without_any_service_and_stops(portal_folder):
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    keep = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    environment = keep | {"DEBUG": "on", "DATA_DIR": str(portal_folder), "PORT": str(port)}
    manage = [sys.executable, str(Path(__file__).parents[2] / "manage.py")]
    with subprocess.Popen([*manage, "serve"], env=environment, stdout=subprocess.PIPE, text=True) as portal:  # noqa: S603
        assert any(f"http://127.0.0.1:{port}/" in line for line in portal.stdout)
        portal.send_signal(signal.SIGTERM)
        assert portal.wait(timeout=15) == 0
    assert not port_answers("127.0.0.1", port)
