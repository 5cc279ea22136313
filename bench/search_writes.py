"""Random writes, deletions and changes of visibility: what the kills are tried with, in the bench and in the tests."""

import random
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from catalog.models import Dataset, Organization, OrganizationBadge, Resource, Reuse, Tag, Topic, TopicElement
from catalog.models.vocabulary import ReuseTopic, ReuseType

WORDS = ["eau", "air", "sol", "bruit", "climat", "école", "route", "vélo", "forêt", "rivière", "budget", "santé"]


class Writer:
    """Makes `count` writes of every kind, one transaction each; the same seed makes the same writes."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.organizations = [Organization.objects.create(name=f"Org {n}", description="…") for n in range(5)]
        self.topic = Topic.objects.create(name="Thème")
        self.number = 0
        self.kinds: list[tuple[int, Callable[[], None]]] = [
            (30, self.create), (20, self.rename), (12, self.hide), (8, self.archive), (6, self.mark_deleted),
            (6, self.remove), (6, self.retag), (6, self.add_file), (2, self.rename_organization), (1, self.badge),
            (2, self.reuse), (1, self.put_in_topic),
        ]  # fmt: skip

    def write(self) -> None:
        weights = [weight for weight, _action in self.kinds]
        action = self.chance.choices(self.kinds, weights)[0][1]
        with transaction.atomic():
            action()

    def title(self) -> str:
        self.number += 1
        return f"{' '.join(self.chance.sample(WORDS, 3))} {self.number}"

    def some(self) -> Dataset | None:
        ids = list(Dataset.objects.order_by("pk").values_list("pk", flat=True))
        return Dataset.objects.get(pk=self.chance.choice(ids)) if ids else None

    def change(self, **values: object) -> None:
        found = self.some()
        if found is not None:
            Dataset.objects.filter(pk=found.pk).update(**values)

    def create(self) -> None:
        dataset = Dataset.objects.create(
            title=self.title(), description="Texte.", organization=self.chance.choice(self.organizations)
        )
        dataset.tags.set(Tag.objects.named(self.chance.sample(["nature", "ville", "sport"], 2)))

    def rename(self) -> None:
        self.change(title=self.title())

    def hide(self) -> None:
        self.change(private=self.chance.random() < 0.6)

    def archive(self) -> None:
        self.change(archived=self.chance.choice([None, timezone.now()]))

    def mark_deleted(self) -> None:
        self.change(deleted=self.chance.choice([None, timezone.now()]))

    def remove(self) -> None:
        if (found := self.some()) is not None:
            found.delete()

    def retag(self) -> None:
        if (found := self.some()) is not None:
            found.tags.set(Tag.objects.named(self.chance.sample(["nature", "ville", "sport", "mer"], 2)))

    def add_file(self) -> None:
        if (found := self.some()) is not None:
            Resource.objects.create(dataset=found, title=self.title(), url="https://example.org/a.csv", format="csv")

    def rename_organization(self) -> None:
        pk = self.chance.choice(self.organizations).pk
        Organization.objects.filter(pk=pk).update(name=f"Org {self.title()}")

    def badge(self) -> None:
        OrganizationBadge.objects.get_or_create(organization=self.chance.choice(self.organizations), kind="certified")

    def reuse(self) -> None:
        self.number += 1
        Reuse.objects.create(
            title=self.title(), description="…", url=f"https://example.org/{self.number}",
            type=ReuseType.values[0], topic=ReuseTopic.values[0], private=self.chance.random() < 0.3,
        )  # fmt: skip

    def put_in_topic(self) -> None:
        if (found := self.some()) is not None:
            TopicElement.objects.create(topic=self.topic, subject_class="Dataset", subject_id=found.pk)


def hidden_ids() -> set[str]:
    """Return the datasets that no anonymous answer may name."""
    shown = Dataset.objects.listed().values_list("pk", flat=True)
    return set(Dataset.objects.values_list("pk", flat=True)) - set(shown)
