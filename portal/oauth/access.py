"""Which programs a user gave access to, and how she takes it back."""

from django.db import transaction
from django.db.models import Max, QuerySet
from oauth2_provider.models import (
    get_access_token_model,
    get_grant_model,
    get_refresh_token_model,
)

from portal.models import OAuthClient, User


def programs_of(user: User) -> QuerySet[OAuthClient]:
    """Return the clients that hold a token of this user, with the date of the newest (`given`)."""
    held = get_access_token_model().objects.filter(user=user.pk).values("application")
    return OAuthClient.objects.filter(pk__in=held).annotate(given=Max("accesstoken__created")).order_by("name", "id")


@transaction.atomic
def take_back(user: User, client: OAuthClient) -> None:
    """End all that the client holds of this user: codes, access tokens and what would renew them."""
    for model in (get_grant_model(), get_refresh_token_model(), get_access_token_model()):
        model.objects.filter(user=user.pk, application=client).delete()
