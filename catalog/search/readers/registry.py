"""The readers of all kinds."""

from collections.abc import Callable, Iterator

from django.db.models import Model

from catalog.models import Dataservice, Dataset, Discussion, Organization, Post, Reuse, Topic
from catalog.search.document import Document
from catalog.search.readers import dataset, others, speech

READERS: dict[str, tuple[type[Model], Callable[[list[str]], list[Document]]]] = {
    "dataset": (Dataset, dataset.build),
    "dataservice": (Dataservice, others.dataservices),
    "reuse": (Reuse, others.reuses),
    "organization": (Organization, others.organizations),
    "topic": (Topic, others.topics),
    "post": (Post, speech.posts),
    "discussion": (Discussion, speech.discussions),
}
BATCH = 1000


def build(kind: str, ids: list[str]) -> list[Document]:
    """Return the documents of those of these objects that anybody finds; a constant number of queries."""
    return READERS[kind][1](ids)


def ids_of(kind: str) -> list[str]:
    """Return the ids of all objects of that kind, whatever their state, in a fixed order."""
    return list(READERS[kind][0]._default_manager.order_by("pk").values_list("pk", flat=True))


def batches(ids: list[str], size: int = BATCH) -> Iterator[list[str]]:
    """Yield lists of at most `size` ids."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
