"""A server on this machine, for the tests of what calls the web."""

import socket
import threading


class Canary:
    """A server on this machine that counts who comes, and answers each with what `script` writes."""

    def __init__(self, script):
        self.script, self.visits, self.requests = script, 0, []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                visitor, _place = self.listener.accept()
            except OSError:
                return
            self.visits += 1
            threading.Thread(target=self.answer, args=[visitor], daemon=True).start()

    def answer(self, visitor):
        with visitor:
            try:
                head = b""
                while b"\r\n\r\n" not in head:
                    head += visitor.recv(65536)
                self.requests.append(head.decode("latin-1"))
                self.script(visitor, head.split(b" ")[1].decode())
            except OSError:  # the visitor has had enough
                return

    def headers(self):
        """The headers of each request, by lower-case name."""
        lines = [head.split("\r\n\r\n")[0].split("\r\n")[1:] for head in self.requests]
        return [{name.lower(): value for name, _, value in (one.partition(": ") for one in head)} for head in lines]


def plain(body=b"hello", head=""):
    """A script that answers 200."""
    return lambda visitor, path: visitor.sendall(
        f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n{head}\r\n".encode() + body
    )


def redirect(to, code=302):
    """A script that sends elsewhere."""
    return lambda visitor, path: visitor.sendall(
        f"HTTP/1.1 {code} Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
    )
