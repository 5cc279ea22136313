"""The pages of topics: objects of the catalogue that somebody has gathered."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.filters.topic import TopicSearchFilter
from catalog.models import Topic, TopicElement
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, reuse_cards, topic_cards
from catalog.views.facets import LAST_UPDATE, ORGANIZATION, PRODUCER_TYPE, TAG
from catalog.views.listing import ListPage
from catalog.views.objects import ObjectPage
from catalog.views.threads import threads_about

DATASETS, OTHERS = 20, 6  # objects shown; the lists have them all
NOTES = 50  # entries that stand for no object of the catalogue
LOOKED_AT = 500  # elements of a kind, in their order, among which those are sought that the reader finds in lists


class TopicList(ListPage):
    template_name = "catalog/topic_list.html"
    model = Topic
    filterset_class = TopicSearchFilter
    api_url = "/api/2/topics/"
    facets = (
        ORGANIZATION,
        TAG,
        LAST_UPDATE,
        PRODUCER_TYPE,
    )
    sorts = (
        ("-created", _("Newest first")),
        ("-last_modified", _("Last updated")),
        ("name", _("Title, A to Z")),
    )

    def rows(self) -> QuerySet[Topic]:
        return topic_cards()


class TopicDetail(ObjectPage):
    template_name = "catalog/topic.html"
    model = Topic
    context_name = "topic"
    api_name = "topics"
    list_label = _("Topics")
    api_root = "/api/2"  # version 1 has none

    def rows(self) -> QuerySet[Topic]:
        return Topic.objects.select_related("organization", "owner").prefetch_related("tags", "organization__badges")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        topic, user = context["topic"], self.request.user

        def gathered(rows: QuerySet, most: int) -> list[Any]:
            return gathered_in(topic, rows.listed_to(user), most)

        datasets = gathered(dataset_cards(), DATASETS)
        add_formats(datasets)
        return super().get_context_data(
            datasets=datasets,
            reuses=gathered(reuse_cards(), OTHERS),
            dataservices=gathered(dataservice_cards(), OTHERS),
            notes=list(topic.elements.filter(subject_class="")[:NOTES]),
            discussions=threads_about(topic),
            **context,
        )


def gathered_in(topic: Topic, rows: QuerySet, most: int) -> list[Any]:
    """Return the first of `rows` that the topic gathers, in its order, each with its `element`; three queries."""
    elements: dict[str, TopicElement] = {}
    for element in topic.elements.filter(subject_class=rows.model.__name__)[:LOOKED_AT]:
        elements.setdefault(element.subject_id, element)
    there = set(rows.order_by().filter(pk__listed=list(elements)).values_list("pk", flat=True))
    chosen = [pk for pk in elements if pk in there][:most]
    found = rows.in_bulk(chosen)
    for pk, row in found.items():
        row.element = elements[pk]
    return [found[pk] for pk in chosen if pk in found]
