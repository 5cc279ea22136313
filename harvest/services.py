"""Proposing, changing and validating sources."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models.notification import NotificationKind
from catalog.permissions import Actor
from catalog.services import notifications, outbox, ownership
from harvest import configs, jobs
from harvest.models import Source, Validation
from harvest.pipeline import reports
from portal.lib.errors import ServiceError
from portal.models import User

COLUMNS = ("name", "url", "backend", "description", "config", "active", "autoarchive")


@transaction.atomic
def create(values: dict[str, Any], *, by: User, actor: Actor) -> Source:
    """Propose a source; it waits for who may accept it, who is notified. Raises ServiceError."""
    owner = ownership.owner_of_new(actor, values, by)
    configs.check(values["backend"], values.get("config", {}))
    source = Source.objects.create(**owner, **{name: values[name] for name in COLUMNS if name in values})
    admins = User.objects.who_may("harvest", "change_source")
    notifications.notify(admins, NotificationKind.VALIDATE_HARVESTER, _details(source), cause=source)
    context = {"title": source.name, "by": by.pk, "path": admin_page(source)}
    outbox.emit("mail", to=[user.pk for user in admins], template="harvest/new_source", context=context)
    return source


@transaction.atomic
def update(source: Source, values: dict[str, Any], *, by: User, actor: Actor) -> None:
    """Change what `values` names. A new address or harvester is validated anew unless an administrator gives it.

    Raises ServiceError.
    """
    for name, value in ownership.changed_owner(actor, source, values).items():
        setattr(source, name, value)
    moved = any(name in values and values[name] != getattr(source, name) for name in ("url", "backend"))
    if "config" in values or "backend" in values:
        configs.check(values.get("backend", source.backend), values.get("config", source.config))
    for name in COLUMNS:
        if name in values:
            setattr(source, name, values[name])
    if moved and not actor.is_sysadmin:
        source.validation, source.validated_on, source.validated_by = Validation.PENDING, None, None
    if values.get("deleted", ...) is None:
        source.deleted = None
    source.next_run_at = reports.next_run(source, timezone.now())
    source.save()


@transaction.atomic
def delete(source: Source) -> None:
    """Mark a source as deleted; what it harvested stays."""
    source.deleted = timezone.now()
    source.save(update_fields=["deleted"])


@transaction.atomic
def validate(source: Source, *, state: str, comment: str, by: User | None, launch: bool = True) -> None:
    """Accept or refuse a source; one that is accepted is scheduled, and with `launch` runs at once.

    Raises ServiceError (field `comment`) for a refusal without a reason.
    """
    if state == Validation.REFUSED and not comment:
        raise ServiceError(_("Say why the source is refused."), field="comment")
    source.validation, source.validation_comment = state, comment
    source.validated_on, source.validated_by = timezone.now(), by
    if state == Validation.ACCEPTED:
        source.schedule = source.schedule or settings.HARVEST_DEFAULT_SCHEDULE
        source.next_run_at = reports.next_run(source, timezone.now())
    source.save()
    if launch and source.is_runnable:
        jobs.queue_run(source, by=by.pk if by else None)
    notifications.mark_handled(source)
    people = notifications.owners_of(source)
    if people and state != Validation.PENDING:
        notifications.notify(people, NotificationKind.VALIDATE_HARVESTER, _details(source))
        context = {"title": source.name, "comment": comment}
        outbox.emit("mail", to=[one.pk for one in people], template=f"harvest/source_{state}", context=context)


def _details(source: Source) -> dict[str, str]:
    return {"source": source.pk, "status": str(source.validation)}


def places_of(ids: list[str], user: User) -> dict[str, tuple[str, str]]:
    """Return the name and the page of those of these sources that `user` may read, by id: what notifications show."""
    rows = Source.objects.visible_to(user).filter(pk__in=ids)
    return {source.pk: (source.name, admin_page(source) if user.is_staff else "") for source in rows}


def admin_page(source: Source) -> str:
    """Return where an administrator validates the source."""
    return reverse("admin:harvest_source_overview", args=[source.pk])
