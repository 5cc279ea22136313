"""Naming any object of the catalogue in two columns, as udata's API names it: `{"class": "Dataset", "id": "…"}`.

Follows, transfers, reports, notifications and the like are about objects of several kinds. No foreign key: the row
outlives its subject where udata's does (reports, activity), and a kind more is no migration.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

CLASSES = {
    "Dataset": "catalog.Dataset",
    "Reuse": "catalog.Reuse",
    "Dataservice": "catalog.Dataservice",
    "Organization": "catalog.Organization",
    "Topic": "catalog.Topic",
    "Post": "catalog.Post",
    "Discussion": "catalog.Discussion",
    "User": "portal.User",
    "CommunityResource": "catalog.CommunityResource",
    "ContactPoint": "catalog.ContactPoint",
}


def model_of(name: str) -> type[models.Model]:
    """Return the model of a class name of the API. Raises KeyError for an unknown one."""
    return apps.get_model(CLASSES[name])


def class_of(instance: models.Model) -> str:
    """Return the class name that the API gives this object."""
    return type(instance).__name__


def load_subjects(rows: Iterable["SubjectModel"], reader: Any = None) -> dict[tuple[str, str], Any]:
    """Return the subjects of `rows`, by class and id; one query a class. Vanished ones are left out, and those that
    `reader` (a user) may not read.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.subject_class in CLASSES:
            wanted[row.subject_class].add(row.subject_id)
    return {
        (name, str(instance.pk)): instance
        for name, ids in wanted.items()
        for instance in _readable(name, reader).filter(pk__in=ids)
    }


def _readable(name: str, reader: Any) -> models.QuerySet:
    rows = model_of(name)._default_manager.all()
    return rows if reader is None or not hasattr(rows, "visible_to") else rows.visible_to(reader)


class SubjectQuerySet(models.QuerySet):
    def about(self, *subjects: models.Model) -> "SubjectQuerySet":
        """Rows about these objects, which are all of one kind."""
        if not subjects:
            return self.none()
        return self.filter(subject_class=class_of(subjects[0]), subject_id__in=[one.pk for one in subjects])


class SubjectModel(models.Model):
    """A row about one object of the catalogue."""

    subject_class = models.CharField(_("kind of object"), max_length=20)
    subject_id = models.CharField(_("id of the object"), max_length=36)

    class Meta:
        abstract = True

    @property
    def subject(self) -> Any:
        """The object, or None if it is gone; one query, remembered. Lists call `load_subjects` instead."""
        if not hasattr(self, "_subject"):
            known = self.subject_class in CLASSES
            manager = model_of(self.subject_class)._default_manager if known else None
            self._subject = manager.filter(pk=self.subject_id).first() if manager else None
        return self._subject

    @subject.setter
    def subject(self, instance: models.Model) -> None:
        self._subject = instance
        self.subject_class, self.subject_id = class_of(instance), str(instance.pk)
