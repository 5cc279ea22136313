"""Tags: short words in one spelling (`eau-potable`), shared by all objects."""

from collections import Counter
from collections.abc import Iterable
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Func, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from portal.lib.slugs import normalize

MIN_LENGTH, MAX_LENGTH = 3, 96
WITHIN = 1000  # datasets among which the companions of a tag are looked for


def normalize_tags(words: Iterable[str]) -> list[str]:
    """Return the tags of `words`: normalised, without duplicates, sorted.

    Raises ValidationError (one message a bad tag) if a tag has fewer than 3 or more than 96 characters.
    """
    tags = sorted({normalize(word, max_length=0) for word in words})
    bad = [tag for tag in tags if not MIN_LENGTH <= len(tag) <= MAX_LENGTH]
    if bad:
        text = _('Tag "%(tag)s" must be between %(min)s and %(max)s characters long.')
        raise ValidationError(
            [ValidationError(text, params={"tag": tag, "min": MIN_LENGTH, "max": MAX_LENGTH}) for tag in bad]
        )
    return tags


def _listed(path: str) -> Q:
    """Return the condition that the object at the end of `path` is in the lists."""
    return Q(**{f"{path}__private": False, f"{path}__deleted__isnull": True, f"{path}__archived__isnull": True})


class TagQuerySet(models.QuerySet["Tag"]):
    def named(self, names: Iterable[str]) -> list["Tag"]:
        """Return the tags of these (normalised) names, made where missing; an alias gives the tag that it leads to."""
        found = {tag.pk: tag for tag in self.by_name(names).values()}
        return sorted(found.values(), key=lambda tag: tag.name)

    def by_name(self, names: Iterable[str]) -> dict[str, "Tag"]:
        """Return the tags by the names they were asked by, made where missing, in two queries and one insert."""
        wanted = set(names)
        former = TagAlias.objects.filter(name__in=wanted).select_related("tag")
        found = {one.name: one.tag for one in former}
        missing = sorted(wanted - found.keys())
        self.bulk_create([Tag(name=name) for name in missing], ignore_conflicts=True)
        return found | {tag.name: tag for tag in self.filter(name__in=missing)}

    def with_usage(self) -> Self:
        """Annotate `datasets_count`, `reuses_count` and `total` over public objects; unused tags are left out.

        Datasets are counted by one grouped join, reuses (few beside them) along the index of their links: a join of
        both would multiply their rows.
        """
        public = Q(datasets__private=False, datasets__deleted__isnull=True)
        return (
            self.annotate(datasets_count=Count("datasets", filter=public), reuses_count=self._reuses())
            .annotate(total=F("datasets_count") + F("reuses_count"))
            .filter(total__gt=0)
            .order_by("-total", "name")
        )

    def used_in_lists(self) -> list[tuple[str, int]]:
        """Return the tags of listed datasets and reuses, with how many bear each, most first; three queries."""
        numbers: Counter[int] = Counter()
        for kind in ("dataset", "reuse"):
            links = self.model._meta.get_field(f"{kind}s").related_model.tags.through.objects.filter(_listed(kind))
            numbers.update(dict(links.order_by().values_list("tag").annotate(Count("pk"))))
        names = dict(self.order_by().values_list("pk", "name"))
        used = [(names[pk], number) for pk, number in numbers.items() if pk in names]
        return sorted(used, key=lambda one: (-one[1], one[0]))

    def _reuses(self) -> Subquery:
        """Return the number of public reuses which carry the outer tag."""
        links = self.model._meta.get_field("reuses").related_model.tags.through.objects
        public = links.filter(tag=OuterRef("pk"), reuse__private=False, reuse__deleted__isnull=True).order_by()
        # `Count` would group the links, and give no row in place of 0.
        counting = Func("pk", function="COUNT", output_field=models.IntegerField())
        return Subquery(public.annotate(uses=counting).values("uses"))


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=MAX_LENGTH, unique=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/tags/{self.name}/"

    def used_with(self, *, most: int = 12) -> list["Tag"]:
        """Return the tags that listed datasets bear beside this one, the commonest first, with `together`.

        One query; the newest datasets alone are looked at, WITHIN of them.
        """
        links = self.datasets.through.objects.filter(_listed("dataset"), tag=self)
        newest = links.order_by("-dataset__created_at", "dataset").values("dataset")[:WITHIN]
        others = Tag.objects.filter(datasets__in=newest).exclude(pk=self.pk)
        return list(others.annotate(together=Count("datasets")).order_by("-together", "name")[:most])

    def clean(self) -> None:
        self.name = normalize_tags([self.name])[0]
        alias = TagAlias.objects.filter(name=self.name).select_related("tag").first()
        if alias:
            raise ValidationError({"name": _("This name leads to the tag “%(tag)s”.") % {"tag": alias.tag}})


class TagAlias(models.Model):
    """Another spelling of a tag: what is written so bears the tag, and its page leads to the tag's."""

    name = models.CharField(_("name"), max_length=MAX_LENGTH, unique=True)
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="aliases", verbose_name=_("tag"))

    class Meta:
        verbose_name = _("alias of a tag")
        verbose_name_plural = _("aliases of tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.name = normalize_tags([self.name])[0]
        if Tag.objects.filter(name=self.name).exists():
            raise ValidationError({"name": _("There is a tag of this name: merge the two tags.")})
