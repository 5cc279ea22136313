"""Programs that live and die together, supervised from one terminal."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

TICK = 0.1  # seconds between two looks at the programs


@dataclass(frozen=True, slots=True)
class Program:
    """A command line under a name for people."""

    name: str
    command: Sequence[str]


class Supervisor:
    """Starts programs together; when one ends, or on SIGINT, SIGTERM or SIGHUP, ends the others.

    Each program gets its own process group, so that a Ctrl-C reaches the supervisor alone, which then asks each
    of them to stop with SIGTERM and kills what has not stopped after `grace` seconds, or at the second signal.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        directory: Path,
        environment: Mapping[str, str],
        report: Callable[[str], None],
        grace: float = 10,
    ) -> None:
        self.programs, self.directory, self.environment = programs, directory, dict(environment)
        self.report, self.grace = report, grace
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.asked_to_stop = threading.Event()

    def run(self, *, ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Run until the end; call `when_ready` once `ready()` is true. Return 0, or 1 if a program died by itself."""
        stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in stops}
        try:
            for program in self.programs:
                self._start(program)
            return self._watch(ready, when_ready)
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start(self, program: Program) -> None:
        self.running[program.name] = subprocess.Popen(  # noqa: S603 - the commands are ours
            program.command, cwd=self.directory, env=self.environment, start_new_session=True
        )

    def _watch(self, ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        announced = False
        while not self.asked_to_stop.wait(TICK):
            for name, process in self.running.items():
                if process.poll() is not None:
                    self.report(f"The {name} ended by itself (exit code {process.returncode}): stopping the others.")
                    return 1
            if not announced and ready():
                announced = True
                when_ready()
        self.report("Stopping.")
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.asked_to_stop.is_set():
            self._signal_all(signal.SIGKILL)
        self.asked_to_stop.set()

    def _stop_all(self) -> None:
        self._signal_all(signal.SIGTERM, groups=False)
        deadline = time.monotonic() + self.grace
        for name, process in self.running.items():
            try:
                process.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.report(f"The {name} did not stop within {self.grace:g} s: killed.")
        self._signal_all(signal.SIGKILL)
        for process in self.running.values():
            process.wait()

    def _signal_all(self, number: signal.Signals, *, groups: bool = True) -> None:
        """Signal each program, or with `groups` its whole process group: a killed parent leaves no orphan."""
        send = os.killpg if groups else os.kill
        for process in self.running.values():
            if not groups and process.poll() is not None:
                continue
            try:
                send(process.pid, number)
            except (ProcessLookupError, PermissionError):  # gone, or a zombie on macOS
                continue


def try_port(host: str, port: int) -> None:
    """Raise OSError when no server could listen there: port in use, not allowed, or no address of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))


def port_answers(host: str, port: int) -> bool:
    """Tell whether something listens there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
