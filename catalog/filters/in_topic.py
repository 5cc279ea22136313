"""The argument `topic` of the lists of what topics are made of."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.filters.fields import ReferenceField, ReferenceFilter
from catalog.models import Topic, TopicElement
from catalog.models.vocabulary import ReuseTopic
from portal.lib.ids import is_object_id


class InTopicFilter(ReferenceFilter):
    """Selects the objects that a topic lists. A topic that the caller may not read lists nothing for her."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"model": Topic, **kwargs})

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if not value:
            return qs
        user = getattr(self.parent.request, "user", None) or AnonymousUser()
        readable = Topic.objects.visible_to(user).filter(pk=value)
        elements = TopicElement.objects.filter(
            topic__in=readable.values("pk"), subject_class=qs.model.__name__, subject_id=OuterRef("pk")
        )
        return qs.filter(Exists(elements))


class ThemeField(ReferenceField):
    """A theme of reuses, or the id of a topic."""

    def clean(self, value: Any) -> str:
        text = super(ReferenceField, self).clean(value)
        if text and text not in ReuseTopic.values and not is_object_id(text):
            message = _("The value '%(value)s' is not a valid choice.")
            raise ValidationError(message, code="invalid_choice", params={"value": text})
        return text


class ReuseTopicFilter(InTopicFilter):
    """Reuses say a theme in a column of that name, which udata's `topic` asks; an id asks for the topic of that id."""

    field_class = ThemeField

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        if value and not is_object_id(value):
            return qs.filter(topic=value)
        return super().filter(qs, value)
