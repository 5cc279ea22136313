"""The portal itself: its name, its counters, the blocks of its home pages."""

from typing import Any

from django.conf import settings
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api.core import ApiView
from catalog.api.forms.base import ModelForm, RequiredText, json_object
from catalog.api.forms.blocs import BlocsField
from catalog.api.refs import ShapeSerializer
from catalog.api.writing import check_sysadmin
from catalog.models import Site
from catalog.services import relations
from catalog.services.metrics import SITE_METRICS

BLOCKS = ("datasets_blocs", "reuses_blocs", "dataservices_blocs")  # shown on demand only


def site_shape(site: Site) -> dict[str, Any]:
    """The shape of the portal, without the blocks of its home pages."""
    return {
        "id": site.pk,
        "title": site.title,
        "keywords": site.keywords,
        "feed_size": site.feed_size,
        "metrics": {name: site.metrics.get(name) or 0 for name in SITE_METRICS},
        "version": settings.VERSION,
    }


class SiteSerializer(ShapeSerializer):
    shape = staticmethod(site_shape)

    id = serializers.CharField()
    title = serializers.CharField(max_length=255)
    keywords = serializers.ListField(child=serializers.CharField())
    feed_size = serializers.IntegerField(min_value=0, help_text="How many entries a feed has at most.")
    metrics = serializers.DictField(help_text="Counters; those by month are `{month: number}` once computed, else 0.")
    version = serializers.CharField()
    datasets_blocs = serializers.ListField(child=serializers.DictField(), required=False)
    reuses_blocs = serializers.ListField(child=serializers.DictField(), required=False)
    dataservices_blocs = serializers.ListField(child=serializers.DictField(), required=False)


class SiteForm(ModelForm):
    model_name = "Site"

    title = RequiredText(max_length=255)
    keywords = serializers.ListField(child=serializers.CharField(max_length=96), max_length=100, required=False)
    feed_size = serializers.IntegerField(min_value=0, max_value=100, required=False)
    datasets_blocs = BlocsField(required=False)
    reuses_blocs = BlocsField(required=False)
    dataservices_blocs = BlocsField(required=False)


class SiteViewSet(ApiView):
    queryset = Site.objects.all()
    serializer_class = SiteSerializer
    filterset_class = None

    @extend_schema(operation_id="get_site", tags=["site"])
    def retrieve(self, request: Request) -> Response:
        """Read what the portal says of itself; `X-Fields: *` also shows the blocks of its home pages."""
        site = Site.objects.current()
        document = site_shape(site)
        if request.mask is not None:
            document |= {name: getattr(site, name) for name in BLOCKS}
        return Response(document)

    @extend_schema(operation_id="set_site", tags=["site"], request=SiteForm)
    @transaction.atomic
    def partial_update(self, request: Request) -> Response:
        """Change the keys that the body has (system administrators)."""
        check_sysadmin(request.actor)
        values = SiteForm.read(json_object(request), partial=True)
        site = Site.objects.select_for_update(of=("self",)).get(pk=Site.objects.current().pk)
        if relations.assign(site, SiteForm().fields, values):
            site.save()
        return self.retrieve(request)
