"""The first step, which makes the draft of a file or an address, and the step of a dataset's files."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.forms.base import PublishForm
from catalog.forms.dataset import FileForm, ResourceForm, StartForm
from catalog.models import Dataset, License, Resource
from catalog.models.vocabulary import FileType, ResourceType
from catalog.previews import guesses
from catalog.previews.guesses import Guess
from catalog.services import datasets, resources, uploads
from catalog.services.proposing import gate
from catalog.views.publish.base import PublishPage, told_by
from catalog.views.publish.dataset import DatasetStep
from portal.lib.errors import ServiceError
from portal.lib.paging import page_of
from portal.lib.slugs import normalize

SHOWN = 50  # files on one page of the step


class Start(PublishPage):
    """`/publish/datasets/`: whose the dataset is, and the file to begin with."""

    template_name = "catalog/publish/start.html"

    def form(self, data: Any = None, files: Any = None) -> StartForm:
        named = {name: value for name, value in self.request.GET.items() if name == "organization"}
        return StartForm(data, files, user=self.request.user, actor=self.actor, initial=named)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(form=self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        dataset = None
        if form.is_valid():
            with told_by(form):
                dataset = begin(form, self)
        if dataset is None:
            return self.answer(form=form, status=400)
        return redirect("publish-describe", pk=dataset.pk)


def begin(form: StartForm, page: PublishPage) -> Dataset:
    """Make the draft with its file, then put in what the file tells. Raises ServiceError.

    The file is received before a row is written, and looked into after: neither holds a lock.
    """
    given = form.cleaned_data
    title = given["title"] or guesses.title_of(given["file"].name if given["file"] else given["url"]) or _("Untitled")
    stored = _received(given["file"], normalize(title) or "dataset") if given["file"] else None

    def write() -> tuple[Dataset, Resource | None]:
        values = {"title": title, "private": True, "organization": given["organization"]}
        dataset = datasets.create(values, by=page.request.user, actor=page.actor)
        return dataset, _added(dataset, stored, given["url"], page)

    dataset, row = _written(stored, write)
    if row is not None:
        look_into(row, page, given["file"].name if given["file"] else "", own_title=bool(given["title"]))
    return dataset


def look_into(row: Resource, page: PublishPage, name: str, *, own_title: bool = True) -> None:
    """Fill what is still empty in the draft and the file with what the file tells; say what could not be read.

    `name` is the file's, as its sender called it; empty for an address.
    """
    guess = guesses.guess(row, name)
    with transaction.atomic():
        dataset = Dataset.objects.select_for_update(of=("self",)).get(pk=row.dataset_id)
        row.dataset = dataset
        if guess.description and not row.description:
            resources.update(row, {"description": guess.description}, by=page.request.user)
        if dataset.private:
            datasets.update(dataset, proposed(dataset, guess, own_title), by=page.request.user, actor=page.actor)
    if guess.problem:
        text = _("The file could not be looked into: %(reason)s You can go on without.")
        messages.warning(page.request, text % {"reason": guess.problem})


def proposed(dataset: Dataset, guess: Guess, own_title: bool) -> dict[str, Any]:
    """Return the values that a guess gives where the dataset has none."""
    values: dict[str, Any] = {}
    if guess.title and not own_title:
        values["title"] = guess.title
    if guess.start and not dataset.temporal_start:
        values["temporal_coverage"] = {"temporal_start": guess.start, "temporal_end": guess.end}
    if guess.zones and not dataset.spatial_zones.exists():
        values["spatial"] = {"spatial_zones": list(guess.zones)}
    usual = _usual_license(dataset)
    if usual and dataset.license_id is None:
        values["license"] = usual
    return values


def _usual_license(dataset: Dataset) -> Any:
    """Return the licence of the newest dataset that the same organization published with one."""
    if dataset.organization_id is None:
        return None
    rows = Dataset.objects.listed().filter(organization=dataset.organization_id, license__active=True)
    found = (
        rows.exclude(license=License.NOT_SPECIFIED)
        .select_related("license")
        .order_by("-created_at")
        .only("license")
        .first()
    )
    return found.license if found else None


def _received(file: UploadedFile, folder: str) -> uploads.Stored:
    return uploads.store(file.chunks(uploads.BLOCK), file.name or "", folder=folder)


def _written(stored: uploads.Stored | None, write: Any) -> Any:
    """Return what `write` gives, in one transaction; a kept file is removed if it fails."""
    if stored is None:
        with transaction.atomic():
            return write()
    with uploads.written(stored):
        return write()


def _added(dataset: Dataset, stored: uploads.Stored | None, url: str, page: PublishPage) -> Resource | None:
    """Add the kept file or the address to the dataset, whose row is locked."""
    by = page.request.user
    if stored is not None:
        return uploads.add(dataset, stored, by=by)
    if not url:
        return None
    values = {"title": guesses.title_of(url) or url[:350], "url": url, "type": ResourceType.MAIN, "format": ending(url)}
    return resources.create(dataset, values, by=by)


def ending(url: str) -> str:
    """Return the format that an address ends with, or an empty text where it is none that is known."""
    try:
        return uploads.neutral_name(url.partition("?")[0].partition("#")[0])[1].rpartition(".")[2]
    except ServiceError:
        return ""


class Files(DatasetStep):
    """The files of a dataset: one more, their order, what is said of each on a page of its own."""

    template_name = "catalog/publish/files.html"
    step = "files"

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        dataset = self.own(Dataset, pk)
        return self.shown(dataset, self.form())

    def form(self, data: Any = None, files: Any = None) -> FileForm:
        return FileForm(data, files, user=self.request.user, actor=self.actor)

    def shown(self, dataset: Dataset, form: PublishForm, *, status: int = 200) -> HttpResponse:
        rows = dataset.resources.order_by("position", "id")
        page = page_of(self.request, rows, Resource.objects.all(), size=SHOWN)
        return self.answer(form=form, status=status, **self.context_of(dataset, resources=page))

    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        with transaction.atomic():
            dataset = self.own(Dataset, pk, lock=True)
            if name := next((one for one in ("up", "down", "first") if one in request.POST), ""):
                self.move(dataset, request.POST[name], name)
                return redirect(f"{reverse('publish-files', args=[pk])}#file-{request.POST[name]}")
        form = self.form(request.POST, request.FILES)
        row = None
        if form.is_valid():
            with told_by(form):
                row = self.add(form, pk)
        if form.errors:
            return self.shown(dataset, form, status=400)
        self.tell_saved(row and row.dataset, _("The file is added."))
        return redirect("publish-files", pk=pk)

    def add(self, form: FileForm, pk: str) -> Resource | None:
        """Add the file or address of the form, and return it. Raises ServiceError."""
        given = form.cleaned_data
        stored = _received(given["file"], pk) if given["file"] else None
        row = _written(stored, lambda: _added(self.own(Dataset, pk, lock=True), stored, given["url"], self))
        dataset = row and row.dataset
        look_into(row, self, given["file"].name if given["file"] else "")
        if row is not None and gate.was_held(dataset):
            row.dataset = dataset
        return row

    def move(self, dataset: Dataset, rid: str, direction: str) -> None:
        """Move one file of the dataset a place up or down, or before all others."""
        with gate.as_proposed(dataset, self.request.user):
            order = [str(pk) for pk in dataset.resources.order_by("position", "id").values_list("pk", flat=True)]
        if rid not in order:
            raise Http404
        place = order.index(rid)
        wanted = {"up": max(0, place - 1), "down": min(len(order) - 1, place + 1), "first": 0}[direction]
        order.insert(wanted, order.pop(place))
        resources.reorder(dataset, [(one, {}) for one in order], by=self.request.user)


class File(PublishPage):
    """What is said of one file; replacing and removing it."""

    template_name = "catalog/publish/file.html"

    def row(self, pk: str, rid: UUID, *, lock: bool = False) -> Resource:
        """Return the file, one that its author proposes included. Raises Http404."""
        dataset = self.own(Dataset, pk, lock=lock)
        with gate.as_proposed(dataset, self.request.user):
            found = resources.find_in(dataset, rid)
        if found is None:
            raise Http404
        return found

    def form(self, row: Resource, data: Any = None, files: Any = None) -> ResourceForm:
        initial = ResourceForm.initial_of(row)
        return ResourceForm(data, files, user=self.request.user, actor=self.actor, item=row, initial=initial)

    def get(self, request: HttpRequest, pk: str, rid: UUID) -> HttpResponse:
        row = self.row(pk, rid)
        return self.answer(form=self.form(row), resource=row, dataset=row.dataset)

    def post(self, request: HttpRequest, pk: str, rid: UUID) -> HttpResponse:
        row = self.row(pk, rid)
        if request.POST.get("action") == "delete":
            with transaction.atomic():
                removed = self.row(pk, rid, lock=True)
                resources.delete(removed, by=request.user)
            self.tell_saved(removed.dataset, _("“%(title)s” is removed.") % {"title": row.title})
            return redirect("publish-files", pk=pk)
        form = self.form(row, request.POST, request.FILES)
        if form.is_valid():
            with told_by(form):
                row = self.save(form, pk, rid)
        if form.errors:
            return self.answer(form=form, resource=row, dataset=row.dataset, status=400)
        self.tell_saved(row.dataset)
        return redirect("publish-files", pk=pk)

    def save(self, form: ResourceForm, pk: str, rid: UUID) -> Resource:
        """Write what the form says, and the new file where there is one. Raises ServiceError."""
        file = form.cleaned_data.get("file")
        stored = _received(file, pk) if file else None

        def write() -> Resource:
            row = self.row(pk, rid, lock=True)
            if row.filetype != FileType.FILE and stored is not None:
                raise PermissionDenied
            resources.update(row, form.values(), by=self.request.user)
            if stored is not None:
                uploads.renew(row, stored, by=self.request.user)
            return row

        return _written(stored, write)
