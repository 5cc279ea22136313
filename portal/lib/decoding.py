"""Undoing `Content-Encoding` in small pieces, so that a bomb is met by its first megabyte and not in memory."""

import zlib
from collections.abc import Iterator

PIECE = 1 << 16  # bytes of output at once
RAW = -zlib.MAX_WBITS  # deflate without its header, as some servers send it
WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
GZIP = b"\x1f\x8b"


class EncodingRefused(Exception):
    """An encoding that was not asked for, several at once, or a body that does not follow its own."""


class Decoder:
    """Decodes one body as it comes."""

    def __init__(self, encoding: str) -> None:
        self.name = encoding.strip().lower()
        if self.name not in ("", "identity", *WINDOWS):
            raise EncodingRefused(self.name)
        self.window = WINDOWS.get(self.name)
        self.inflater = zlib.decompressobj(self.window or RAW)
        self.has_begun = False

    def decode(self, block: bytes) -> Iterator[bytes]:
        """Give the output of one block, at most `PIECE` bytes at a time."""
        if self.window is None:
            yield block
            return
        is_full = False  # zlib may hold more output without more input
        while block or is_full:
            if self.inflater.eof:
                if not block.startswith(GZIP):  # padding
                    return
                self.inflater = zlib.decompressobj(self.window)  # gzip may have several members
            piece = self._inflate(block)
            if piece:
                yield piece
            is_full = len(piece) == PIECE
            block = self.inflater.unused_data if self.inflater.eof else self.inflater.unconsumed_tail

    def _inflate(self, block: bytes) -> bytes:
        is_first, self.has_begun = not self.has_begun, True
        try:
            return self.inflater.decompress(block, PIECE)
        except zlib.error as error:
            if not is_first or self.name != "deflate":
                raise EncodingRefused(self.name) from error
        self.window, self.inflater = RAW, zlib.decompressobj(RAW)
        return self._inflate(block)

    def finish(self) -> None:
        """Raise EncodingRefused if the body was cut."""
        if self.window is not None and self.has_begun and not self.inflater.eof:
            raise EncodingRefused(self.name)
