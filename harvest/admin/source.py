"""Sources: their list, with what each does now, and their form, which follows the harvester that is chosen."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.admin.filters import DeletedFilter
from catalog.admin.states import SoftDeleteAdmin
from catalog.permissions import Actor, actor_of
from harvest import services
from harvest.admin import columns, progress
from harvest.admin.bulk import BulkVerbs
from harvest.admin.config_fields import Kind, fields_of
from harvest.admin.filters import BackendFilter, HealthFilter, OrganizationFilter
from harvest.admin.forms import DETECT, SourceForm
from harvest.admin.pages import SourcePages
from harvest.backends import backend_of
from harvest.detection import detect
from harvest.errors import HarvestError
from harvest.models import Source

MODEL_FIELDS = ("name", "description", "url", "backend", "organization", "owner", "active", "autoarchive")


class SourceList(ChangeList):
    """The list, each source with its newest job: one query more, whatever its length."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        newest = progress.newest(self.result_list)
        for source in self.result_list:
            source.newest_job = newest.get(source.pk)


@admin.register(Source)
class SourceAdmin(SourcePages, BulkVerbs, SoftDeleteAdmin):
    """Editors describe the sources of their organizations, preview and run them; curators validate and schedule."""

    form = SourceForm
    change_form_template = "admin/harvest/source/change_form.html"
    change_list_template = "admin/harvest/source/change_list.html"
    curators_only = ("owner",)
    list_display = ["name_and_kind", "owner_name", "state", "runs"]
    list_display_links = None
    list_filter = [DeletedFilter, "validation", HealthFilter, BackendFilter, "active", OrganizationFilter]
    search_fields = ["name", "url", "organization__name"]
    search_help_text = gettext_lazy("Name, address, id or organization.")
    autocomplete_fields = ["organization", "owner"]
    readonly_fields = ["public_url", "public_config"]

    class Media:
        css = {"all": ["harvest/admin.css"]}
        js = ["harvest/source_form.js"]

    # --- The list ------------------------------------------------------------------------------------------------

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SourceList

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("memory")

    @admin.display(description=gettext_lazy("source"), ordering="name")
    def name_and_kind(self, source: Source) -> str:
        return columns.name_and_kind(source)

    @admin.display(description=gettext_lazy("state"), ordering="validation")
    def state(self, source: Source) -> str:
        return columns.state(source)

    @admin.display(description=gettext_lazy("runs"), ordering="next_run_at")
    def runs(self, source: Source) -> str:
        return columns.runs(source, getattr(source, "newest_job", None))

    # --- The form ------------------------------------------------------------------------------------------------

    def operator(self, request: HttpRequest) -> Actor:
        """Return the caller for the services: curators of sources may here what system administrators may."""
        actor = actor_of(request)
        return replace(actor, is_sysadmin=True) if self.is_curator(request) else actor

    def kind_of(self, request: HttpRequest, obj: Source | None) -> Kind:
        """Return the harvester whose settings the form shows: the one that was chosen, else the source's."""
        name = request.POST.get("backend") if request.method == "POST" else request.GET.get("backend")
        return backend_of(str(name if name is not None else getattr(obj, "backend", ""))[:64])

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Choose the organization of whoever edits for one only."""
        own = [] if self.is_curator(request) else actor_of(request).edited_organizations
        return {**({"organization": own[0]} if len(own) == 1 else {}), **super().get_changeform_initial_data(request)}

    def get_fieldsets(self, request: HttpRequest, obj: Source | None = None) -> list[tuple[Any, dict]]:
        if obj is not None and not self.has_change_permission(request, obj):
            shown = ["name", "description", "backend", "public_url", "public_config", "organization", "owner_person"]
            return [(None, {"fields": [*shown, "active", "autoarchive"]})]
        kind = self.kind_of(request, obj)
        config = obj.config if obj is not None and kind is not None and obj.backend == kind.name else {}
        names = list(fields_of(kind, config if isinstance(config, dict) else {}))
        owner = "owner" if self.is_curator(request) else "owner_person"
        title = _("Settings of %(harvester)s") % {"harvester": kind.label} if kind else _("Settings of the harvester")
        owners = ["organization", owner] if owner == "owner" or obj is not None else ["organization"]
        return [
            (None, {"fields": ["name", "url", "backend"]}),
            (title, {"fields": names, "classes": ["harvest-settings"]}),
            (_("Producer"), {"fields": owners}),
            (_("Behaviour"), {"fields": ["autoarchive", "active", "description"]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Source | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), "owner_person"]

    def get_form(self, request: HttpRequest, obj: Source | None = None, **kwargs: Any) -> type[SourceForm]:
        form = super().get_form(request, obj, **{**kwargs, "fields": MODEL_FIELDS})
        form.kind, form.actor = self.kind_of(request, obj), self.operator(request)
        return form

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Choose the harvester for the address, where that is what the form asks for; nothing is saved then."""
        if request.method == "POST" and DETECT in request.POST:
            request.POST = request.POST.copy()
            self._recognize(request)
        return super().changeform_view(request, *args, **kwargs)

    def _recognize(self, request: HttpRequest) -> None:
        url = str(request.POST.get("url", "")).strip()
        try:
            found = detect(url)
        except HarvestError as error:
            self.message_user(request, str(error.message), messages.ERROR)
            return
        if not found:
            text = _("The address is not recognized: choose the harvester yourself.")
            self.message_user(request, text, messages.WARNING)
            return
        request.POST["backend"] = found
        text = _("This is %(harvester)s.") % {"harvester": backend_of(found).label}
        self.message_user(request, text, messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Source, form: SourceForm, change: bool) -> None:
        """Save by the services, as the API does: who has to know is told, a new address is validated anew."""
        values = {name: form.cleaned_data[name] for name in MODEL_FIELDS if name in form.cleaned_data}
        values["config"] = form.cleaned_data["config"]
        if not change:
            saved = services.create(values, by=request.user, actor=self.operator(request))
        else:
            saved = Source.objects.select_for_update(of=("self",)).get(pk=obj.pk)
            services.update(saved, values, by=request.user, actor=self.operator(request))
            if form.forgets_secrets and obj.config != saved.config:
                self.message_user(
                    request, _("The address leads to another host: keys that were not typed again are forgotten."),
                    messages.WARNING,
                )  # fmt: skip
        obj.pk = saved.pk
        obj.refresh_from_db()

    def response_add(self, request: HttpRequest, obj: Source, post_url_continue: str | None = None) -> HttpResponse:
        """Lead on to the source's own page, where its first steps are."""
        response = super().response_add(request, obj, post_url_continue)
        return self._lead_on(request, obj, response)

    def response_change(self, request: HttpRequest, obj: Source) -> HttpResponse:
        return self._lead_on(request, obj, super().response_change(request, obj))

    def _lead_on(self, request: HttpRequest, obj: Source, response: HttpResponse) -> HttpResponse:
        if "_save" in request.POST and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(reverse("admin:harvest_source_overview", args=[obj.pk]))
        return response

    def view_on_site(self, obj: Source) -> str | None:
        return None
