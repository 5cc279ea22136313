"""Making the whole catalogue."""

from collections import Counter
from collections.abc import Callable, Iterator

from django.utils.translation import gettext as _

from catalog.models import Dataset, Organization, Tag
from catalog.services import metrics
from catalog.services.synthetic import datasets, people, reuses, writers
from catalog.services.synthetic.shapes import Size
from catalog.services.synthetic.world import Rows, World
from portal.lib.errors import ServiceError

Progress = Callable[[int, int], None]  # told after each batch how many datasets and rows were written


def generate(size: Size, progress: Progress = lambda datasets, rows: None) -> Counter[str]:
    """Add a catalogue of that size to what there is; return the number of rows by table.

    Nothing that exists is changed. Memory does not grow with the catalogue, but for a few bytes a dataset and a reuse.
    Raises ServiceError if this seed was used here before, or if there would be datasets and nobody to own them.
    """
    if min(size.datasets, size.organizations, size.users) < 1:
        raise ServiceError(_("At least one dataset, one organization and one user are needed."))
    world = World.of(size)
    if Organization.objects.filter(pk__contains=world.organizations.mark).exists():
        raise ServiceError(_("A catalogue of seed %(seed)s is already there.") % {"seed": size.seed})
    written: Counter[str] = Counter()
    for rows in _batches(world):
        writers.write(rows)
        written.update({model._meta.db_table: len(instances) for model, instances in rows.items()})
        progress(written[Dataset._meta.db_table], written.total())
    writers.analyze({*written, Tag._meta.db_table})
    metrics.refresh_organization_metrics(map(world.organizations.id, range(size.organizations)))
    metrics.refresh_site_metrics()
    return written


def _batches(world: World) -> Iterator[Rows]:
    plans = reuses.plan(world)
    yield from people.user_batches(world)
    yield from people.organization_batches(world)
    yield from datasets.dataset_batches(world, reuses.uses_by_dataset(plans))
    yield from reuses.reuse_batches(world, plans)
