"""What harvesting puts into the pages of datasets: the way to the catalogue that one comes from."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string

from harvest.models import Source
from portal.lib.slots import slot


@slot("dataset.after_title")
def origin(request: HttpRequest | None, dataset: Any) -> str:
    """Return the link to the source of a harvested dataset; one query, none for others."""
    known = dataset.harvest.get("source_id") if isinstance(dataset.harvest, dict) else None
    if not isinstance(known, str):
        return ""
    sources = Source.objects.visible_to(request.user if request else AnonymousUser()).only("slug", "name")
    source = sources.filter(pk=known).order_by().first()
    return render_to_string("harvest/parts/origin.html", {"source": source}, request) if source else ""
