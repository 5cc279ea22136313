"""Keeping and reading the stored documents. A stale one is never served: it is built anew, and kept."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Literal

from django.db import connection
from django.db.models import Count, F, QuerySet

from catalog.documents.marks import dump
from catalog.documents.shapes import dataset as shapes
from catalog.models import CommunityResource, Dataset, DatasetDocument, Resource
from catalog.services.batches import batches

ApiVersion = Literal["v1", "v2"]
BATCH = 200
RELATED = ["badges", "tags", "spatial_zones", "contact_points"]


def build(ids: Sequence[str]) -> list[DatasetDocument]:
    """Build the documents of these datasets, in a constant number of queries; nothing is stored.

    The version is read first: were something to change meanwhile, the document would carry an old version and be
    taken for stale, never the other way round.
    """
    datasets = list(Dataset.objects.filter(pk__in=ids).prefetch_related(*RELATED).order_by())
    resources: dict[str, list[Resource]] = defaultdict(list)
    for resource in Resource.objects.filter(dataset__in=ids):
        resources[resource.dataset_id].append(resource)
    counts = CommunityResource.objects.filter(dataset__in=ids).order_by().values_list("dataset_id")
    community = Counter(dict(counts.annotate(Count("pk"))))
    return [_document(dataset, resources[dataset.pk], community[dataset.pk]) for dataset in datasets]


def _document(dataset: Dataset, resources: list[Resource], community_count: int) -> DatasetDocument:
    shape = shapes.dataset(dataset)
    return DatasetDocument(
        dataset_id=dataset.pk,
        version=dataset.version,
        v1=dump(shapes.dataset_v1(shape, dataset, resources), sort_keys=True),
        v2=dump(shapes.dataset_v2(shape, dataset, len(resources), community_count), sort_keys=False),
    )


def keep(documents: list[DatasetDocument]) -> None:
    DatasetDocument.objects.bulk_create(
        documents, update_conflicts=True, unique_fields=["dataset"], update_fields=["version", "v1", "v2"]
    )


def stale() -> QuerySet[Dataset]:
    """Datasets whose document is missing or older than they are."""
    return Dataset.objects.exclude(document__version=F("version"))


def refresh(ids: Iterable[str] | None = None) -> int:
    """Build and store the documents of these datasets (of every stale one, if none is given); return how many."""
    if ids is None:
        ids = list(stale().order_by().values_list("pk", flat=True))
    done = 0
    for batch in batches(ids, BATCH):
        documents = build(batch)
        keep(documents)
        done += len(documents)
    return done


def read(datasets: QuerySet[Dataset], version: ApiVersion) -> list[bytes]:
    """Return the documents of `datasets`, in its order and still with their marks."""
    return list(read_by_id(datasets, version).values())


def read_by_id(datasets: QuerySet[Dataset], version: ApiVersion) -> dict[str, bytes]:
    """Return the documents of `datasets` by id, in its order and still with their marks.

    One query where all are stored and fresh. Missing ones are built; on SQLite they are not stored here, for a
    reader must not wait for the one writer.
    """
    return {pk: body for pk, (_version, body) in read_versions(datasets, version).items()}


def read_versions(datasets: QuerySet[Dataset], version: ApiVersion) -> dict[str, tuple[int, bytes]]:
    """As `read_by_id`, with the version of each dataset.

    A document may be newer than the version that stands beside it, never older.
    """
    rows = list(datasets.values_list("pk", "version", "document__version", f"document__{version}"))
    missing = [pk for pk, wanted, stored, _text in rows if wanted != stored]
    built = {document.dataset_id: document for document in build(missing)} if missing else {}
    if built and connection.vendor == "postgresql":
        keep(list(built.values()))
    texts = {pk: text for pk, _wanted, _stored, text in rows}
    texts |= {pk: getattr(document, version) for pk, document in built.items()}
    return {pk: (wanted, texts[pk].encode()) for pk, wanted, *_rest in rows if texts[pk] is not None}
