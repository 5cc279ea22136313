"""The actions that may be done in bulk, by name. One more is a class here, in `edits` or in `parts`."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Dataservice, Dataset, Reuse
from catalog.services import curation
from catalog.services.bulk import edits, parts
from catalog.services.bulk.edits import Edit, StateEdit
from catalog.services.bulk.sheets import SheetEdit
from portal.lib.errors import ServiceError
from portal.models import User

KINDS: dict[str, type[models.Model]] = {model.__name__: model for model in (Dataset, Reuse, Dataservice)}


class Publish(StateEdit):
    label = gettext_lazy("Publish")
    verb, inverse, wanted = curation.publish, curation.unpublish, False

    def column(self) -> str:
        return "private"


class Unpublish(Publish):
    label = gettext_lazy("Turn back into drafts")
    verb, inverse, wanted = curation.unpublish, curation.publish, True


class Archive(StateEdit):
    label = gettext_lazy("Archive")
    verb, inverse = curation.archive, curation.unarchive

    def column(self) -> str:
        return curation.archived_column(self.model)


class Unarchive(Archive):
    label = gettext_lazy("Take out of the archive")
    verb, inverse, wanted = curation.unarchive, curation.archive, False


class Feature(StateEdit):
    label = gettext_lazy("Feature")
    verb, inverse = curation.feature, curation.unfeature
    curators_only = True

    def column(self) -> str:
        return "featured"

    def rule(self, row: Any) -> str:
        return curation.listed(row)


class Unfeature(Feature):
    label = gettext_lazy("No longer feature")
    verb, inverse, wanted = curation.unfeature, curation.feature, False
    back = staticmethod(curation.listed)

    def rule(self, row: Any) -> str:
        return ""


class Delete(StateEdit):
    label = gettext_lazy("Delete")
    verb, inverse = curation.delete, curation.restore
    permission = "delete"

    def column(self) -> str:
        return curation.deleted_column(self.model)

    def rule(self, row: Any) -> str:
        return ""

    def rule_back(self, row: Any) -> str:
        return ""


class Restore(Delete):
    label = gettext_lazy("Restore")
    verb, inverse, wanted = curation.restore, curation.delete, False

    def permission_of(self, user: User) -> str:
        return curation.restoring(user, self.model)


class SetLicense(edits.LicenseEdit):
    label = gettext_lazy("Set the licence")


class SetFrequency(edits.FrequencyEdit):
    label = gettext_lazy("Set the frequency")


class Transfer(edits.TransferEdit):
    label = gettext_lazy("Give to an organization")


class AddTags(parts.TagsGiven):
    label = gettext_lazy("Add tags")


class RemoveTags(parts.TagsTaken):
    label = gettext_lazy("Remove tags")


class GiveBadge(parts.BadgeGiven):
    label = gettext_lazy("Give a badge")


class TakeBadge(parts.BadgeTaken):
    label = gettext_lazy("Take a badge away")


class ImportCsv(SheetEdit):
    label = gettext_lazy("Import of a spreadsheet")


ACTIONS: dict[str, type[Edit]] = {
    "publish": Publish,
    "unpublish": Unpublish,
    "archive": Archive,
    "unarchive": Unarchive,
    "feature": Feature,
    "unfeature": Unfeature,
    "add_tags": AddTags,
    "remove_tags": RemoveTags,
    "set_license": SetLicense,
    "set_frequency": SetFrequency,
    "give_badge": GiveBadge,
    "take_badge": TakeBadge,
    "transfer": Transfer,
    "delete": Delete,
    "restore": Restore,
    "import_csv": ImportCsv,
}
APART = frozenset(["delete", "import_csv"])  # of no list: they have their own way in


def edit_of(kind: str, action: str, parameters: dict[str, Any]) -> Edit:
    """Return the edit of a job. Raises ServiceError for one that does not exist, or whose values are impossible."""
    found, model = ACTIONS.get(action), KINDS.get(kind)
    if found is None or model not in found.targets:
        raise ServiceError(_("This action does not exist here."), field="action")
    return found(model, parameters)


def label_of(action: str) -> str:
    return str(ACTIONS[action].label) if action in ACTIONS else action
