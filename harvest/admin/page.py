"""What the pages about a source share: finding it, who may do what to it, and rendering."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from harvest.admin.columns import label_of, marks_of
from harvest.models import Job, Source
from portal.lib.errors import ServiceError
from portal.lib.ids import is_object_id


class SourcePage(admin.ModelAdmin):
    """Base of the mixins that add pages to the administration of sources."""

    def find(self, request: HttpRequest, object_id: str) -> Source:
        """Return a source that the caller sees. Raises Http404, PermissionDenied."""
        source = self.get_object(request, unquote(object_id))
        if source is None:
            raise Http404
        if not self.has_view_permission(request, source):
            raise PermissionDenied
        return source

    def find_job(self, request: HttpRequest, object_id: str, job_id: str) -> Job:
        """Return a job of a source that the caller sees. Raises Http404, PermissionDenied."""
        source = self.find(request, object_id)
        job = source.jobs.filter(pk=job_id).first() if is_object_id(job_id) else None
        if job is None:
            raise Http404
        job.source = source
        return job

    def rights(self, request: HttpRequest, source: Source) -> dict[str, bool]:
        """Return what the caller may do to a source: the API's rules, curators of sources counted as administrators."""
        edits = self.has_change_permission(request, source)
        operates = self.is_curator(request)
        return {
            "edit": edits, "preview": edits, "run": edits, "delete": self.has_delete_permission(request, source),
            "validate": operates, "schedule": operates, "undo": operates, "purge": operates, "details": operates,
        }  # fmt: skip

    def demand(self, request: HttpRequest, source: Source, right: str) -> None:
        """Raises PermissionDenied if the caller may not do that."""
        if not self.rights(request, source)[right]:
            raise PermissionDenied

    def address(self, page: str, source: Source, *args: str) -> str:
        """Return the address of a page about a source."""
        return reverse(f"admin:harvest_source_{page}", args=[source.pk, *args])

    def lead_to(self, page: str, source: Source, *args: str) -> HttpResponse:
        return HttpResponseRedirect(self.address(page, source, *args))

    def render(self, request: HttpRequest, template: str, source: Source, **context: Any) -> HttpResponse:
        """Render one of the pages, with what all of them show."""
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            f"admin/harvest/source/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "source": source,
                "harvester": label_of(source),
                "marks": marks_of(source),
                "can": self.rights(request, source),
                **context,
            },
        )

    def attempt(self, request: HttpRequest, source: Source, act: Callable[[], Any], done: Any) -> Any:
        """Do something, log it and say so; or say why it is refused. Return what `act` does, None if it is refused."""
        try:
            result = act()
        except ServiceError as error:
            self.message_user(request, capfirst(str(error.message)), messages.ERROR)
            return None
        text = str(done(result) if callable(done) else done)
        LogEntry.objects.log_actions(request.user.pk, [source], CHANGE, change_message=text)
        self.message_user(request, text, messages.SUCCESS)
        return result if result is not None else True
