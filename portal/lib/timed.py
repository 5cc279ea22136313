"""A socket with one deadline for all that it does.

A socket's own time-out is asked anew at each byte: whoever sends one each second holds a reader for ever.
"""

import io
import socket
from time import monotonic
from typing import Any


class TimedSocket:
    """What `http.client` needs of a socket; everything raises TimeoutError once the deadline has passed."""

    def __init__(self, plain: socket.socket, deadline: float) -> None:
        self.plain, self.deadline = plain, deadline

    def _prepare(self) -> None:
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self.plain.settimeout(left)

    def sendall(self, data: Any) -> None:
        self._prepare()
        self.plain.sendall(data)

    def receive(self, buffer: Any) -> int:
        """Fill `buffer` with what has come; return how many bytes."""
        self._prepare()
        return self.plain.recv_into(buffer)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self))

    def close(self) -> None:
        """Nothing: `http.client` closes once it has the headers, and the body is still to come. See `end`."""

    def end(self) -> None:
        self.plain.close()


class _Reader(io.RawIOBase):
    """The reading end, as a file."""

    def __init__(self, source: TimedSocket) -> None:
        super().__init__()
        self.source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self.source.receive(buffer)
