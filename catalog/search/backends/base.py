"""What an engine must do. It gets documents whose texts are already terms, and requests without any text to parse."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence

from catalog.search.document import Document
from catalog.search.query import FacetQuery, Request, Result

Buckets = list[tuple[str, int]]


class IndexMissing(Exception):
    """There is no index yet (first start), or none that this version of the portal can read."""


class Writer(ABC):
    """Writes one index; nothing is visible, nor lasting, before `commit`."""

    @abstractmethod
    def write(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        """Put `documents` in, each in place of the one with its uid, and take those of the uids `deleted` out."""

    @abstractmethod
    def commit(self, position: str) -> None:
        """Make what was written visible, and keep with it, in the same act, how far the outbox was followed."""

    @abstractmethod
    def close(self) -> None:
        """Give the index free for another writer; what is not committed is lost."""


class Backend(ABC):
    """An engine. Reading methods raise IndexMissing where there is nothing to read."""

    @abstractmethod
    def writer(self) -> Writer:
        """Open the live index for writing. Raises IndexMissing, or BlockingIOError if somebody else writes."""

    @abstractmethod
    def new_index(self) -> Writer:
        """Open an empty index beside the live one. Raises BlockingIOError if somebody else builds one."""

    @abstractmethod
    def publish(self, writer: Writer) -> None:
        """Put the index of `writer` (from `new_index`, committed) in the place of the live one, in one act."""

    @abstractmethod
    def generation(self) -> str:
        """Return a name that changes when another index takes the place of the live one."""

    @abstractmethod
    def position(self) -> str:
        """Return the position that the last commit kept."""

    @abstractmethod
    def search(self, request: Request) -> Result: ...

    @abstractmethod
    def facets(self, request: Request, facets: Sequence[FacetQuery]) -> dict[str, Buckets]:
        """Count all that `request` matches by each of `facets`; exact, at most 50 terms, the commonest first."""

    @abstractmethod
    def count(self, request: Request) -> int:
        """Return how many objects match."""

    @abstractmethod
    def frequency(self, term: str) -> int:
        """Return (about) how many documents hold a term."""

    @abstractmethod
    def beginnings(self, field: str, start: str, kinds: Sequence[str], limit: int) -> Buckets:
        """Return the commonest keywords of `field` that begin with `start`, and how many of `kinds` bear each."""

    @abstractmethod
    def versions(self) -> Iterator[tuple[str, int]]:
        """Yield the uid and the version of every document."""

    @abstractmethod
    def explain(self, request: Request, uid: str) -> dict:
        """Return how the score of a document comes about; nothing if there is none of that uid.

        `parts` are (field, words, score) of what matched, `weight` is the static one, `words` what the engine says of
        the score of the words, empty if the document does not match.
        """
