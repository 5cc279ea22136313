"""The page of a person: what she publishes, and for whom."""

from typing import Any

from catalog.models import Organization
from catalog.views.cards import add_formats, dataset_cards, organization_cards, reuse_cards
from catalog.views.objects import ObjectPage
from portal.models import User

SHOWN = 10  # newest objects of each kind


class UserDetail(ObjectPage):
    template_name = "catalog/user.html"
    model = User
    context_name = "person"  # `user` is the reader, as everywhere in Django
    api_name = "users"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        person, user = context["person"], self.request.user
        datasets = list(dataset_cards().filter(owner=person).listed_to(user)[:SHOWN])
        add_formats(datasets)
        of_person = Organization.objects.listed_to(user).of_member(person).values("pk")
        return super().get_context_data(
            datasets=datasets,
            reuses=list(reuse_cards().filter(owner=person).listed_to(user)[:SHOWN]),
            organizations=list(organization_cards().filter(pk__in=of_person)),
            **context,
        )

    def list_url(self) -> str:
        return "/"
