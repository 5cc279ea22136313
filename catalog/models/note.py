"""Notes between editors: who works on an object leaves word for who comes next. Readers and the API never see them."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models.subject import SubjectModel, SubjectQuerySet

MAX_TEXT = 2000  # characters


class EditorNote(SubjectModel):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("text"), max_length=MAX_TEXT)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = SubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("note between editors")
        verbose_name_plural = _("notes between editors")
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["subject_class", "subject_id", "created_at"], name="editor_note_about")]

    def __str__(self) -> str:
        return self.text[:80]
