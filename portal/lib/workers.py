"""Who works: a name for each worker, which tells whether its process is still there."""

import os
import secrets
import socket

HOST_LENGTH = 60  # characters of the machine's name that are kept


def worker_name() -> str:
    """Return a name that no other worker has: machine, process, and some luck."""
    return f"{socket.gethostname()[:HOST_LENGTH]}:{os.getpid()}:{secrets.token_hex(6)}"


def is_dead(worker: str) -> bool:
    """Tell whether a worker of this machine has no process any more; of another machine, nobody can tell."""
    host, _colon, rest = worker.partition(":")
    process = rest.partition(":")[0]
    return host == socket.gethostname()[:HOST_LENGTH] and process.isdigit() and not _lives(int(process))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
