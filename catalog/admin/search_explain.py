"""Why this result: the score of an object for a query, shown to the staff."""

from typing import Any

import orjson
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.models.vocabulary import OrganizationBadgeKind
from catalog.search import explanation, service, shown
from catalog.search.readers.registry import READERS
from catalog.search.service import Page, SearchUnavailable

FIRST = 20  # results shown where no object is named
KINDS = [(kind, model._meta.verbose_name) for kind, (model, _build) in READERS.items()]
FIELDS = {
    "words": _("whole text"), "title": _("title"), "organization_words": _("organization"), "tag_words": _("tags"),
    "id": _("id"), "slug": _("address"),
}  # fmt: skip
MERITS = {
    **dict(OrganizationBadgeKind.choices), "views": _("views"), "followers": _("followers"), "reuses": _("reuses"),
    "popularity": _("popularity"), "quality": _("quality of the description"), "recency": _("recency"),
    "featured": _("featured"),
}  # fmt: skip
RELAXED = {
    "": "",
    "typo": _("Hardly anything holds these words: mistakes in rare words are forgiven."),
    "words": _("Nothing holds all these words: most of them are enough."),
}


class ExplainForm(forms.Form):
    """What is asked: a kind, a query, and the id or the slug of an object."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    q = forms.CharField(label=_("Query"), max_length=500, required=False, widget=AdminTextInputWidget)
    id = forms.CharField(
        label=_("Object"), max_length=255, required=False, help_text=_("Its id or its address."),
        widget=AdminTextInputWidget,
    )  # fmt: skip


@admin.site.page("search/explain/", name="search_explain")
def search_explain(request: HttpRequest) -> HttpResponse:
    """Show why an object is where it is among the results of a query, or the first results. Staff only."""
    if not request.user.is_staff:
        raise PermissionDenied
    form = ExplainForm(request.GET if "kind" in request.GET else None)
    context = {**admin.site.each_context(request), "title": _("Why this result"), "form": form}
    if form.is_valid():
        try:
            context |= _answer(**form.cleaned_data)
        except SearchUnavailable:
            form.add_error(None, _("There is no index to ask: the database answers searches."))
    return TemplateResponse(request, "admin/catalog/search_explain.html", context)


def _answer(kind: str, q: str, id: str) -> dict[str, Any]:
    if not id:
        hits = service.search(kind, q, page=Page(size=FIRST))
        titles = shown.titles(kind, hits.ids)
        rows = [(pk, titles.get(pk, pk)) for pk in hits.ids]
        return {"results": rows, "total": hits.total, "relaxed": RELAXED[hits.relaxed], "suggestion": hits.suggestion}
    obj = _object(kind, id.strip())
    if obj is None:
        return {"missing": True}
    found = explanation.explain(kind, q, obj.pk)
    return {
        "object": obj,
        "change_url": _change_url(obj),
        "found": found,
        "relaxed": RELAXED[found.relaxed],
        "parts": [(FIELDS.get(part.field, part.field), part) for part in found.parts],
        "merits": [(MERITS.get(name, name), merit) for name, merit in found.merits],
        "engine": orjson.dumps(found.engine, option=orjson.OPT_INDENT_2).decode(),
    }


def _object(kind: str, key: str) -> Model | None:
    """Return the object of that id or slug, whatever its state."""
    model = READERS[kind][0]
    named = Q(pk=key)
    if any(field.name == "slug" for field in model._meta.fields):
        named |= Q(slug=key)
    return model._default_manager.filter(named).first()


def _change_url(obj: Model) -> str:
    """Return the address of the object's form, if the administration has one."""
    if not admin.site.is_registered(type(obj)):
        return ""
    return reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])
