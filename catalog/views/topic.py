"""The pages of topics: objects of the catalogue that somebody has gathered."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.filters.topic import TopicSearchFilter
from catalog.models import Topic
from catalog.views.cards import add_formats, dataservice_cards, dataset_cards, reuse_cards, topic_cards
from catalog.views.facets import LAST_UPDATE, ORGANIZATION, PRODUCER_TYPE, TAG
from catalog.views.listing import ListPage
from catalog.views.objects import ObjectPage
from catalog.views.threads import threads_about

DATASETS, OTHERS = 20, 6  # objects shown; the lists have them all
NOTES = 50  # entries that stand for no object of the catalogue


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
            ids = topic.elements.filter(subject_class=rows.model.__name__).values("subject_id")
            return list(rows.filter(pk__in=ids).listed_to(user)[:most])

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
