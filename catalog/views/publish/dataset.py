"""The steps of a dataset: begin with a file, describe, files, coverage, check. Each can be opened at any time.

The draft is a private dataset from the first step on: the API and the administration edit the same row.
"""

from http import HTTPStatus
from typing import Any, NamedTuple

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.forms.base import PublishForm, mark_of
from catalog.forms.dataset import CoverageForm, DescribeForm
from catalog.models import Dataset, Review
from catalog.models.quality import CRITERIA as NUMBER_OF_CRITERIA
from catalog.models.review import MAX_COMMENT
from catalog.search import likeness
from catalog.services import datasets, review, review_gate
from catalog.views.dataset import Criterion, criteria_of
from catalog.views.labels import CRITERIA
from catalog.views.publish.base import PublishPage, told_by
from portal.lib.errors import ServiceError

STEPS = (
    ("describe", gettext_lazy("Description")),
    ("files", gettext_lazy("Files")),
    ("coverage", gettext_lazy("Period and territory")),
    ("check", gettext_lazy("Check and publish")),
)
# Where each criterion of quality is met.
PLACES = {
    "dataset_description_quality": "describe",
    "license": "describe",
    "update_frequency": "describe",
    "update_fulfilled_in_time": "describe",
    "temporal_coverage": "coverage",
    "spatial": "coverage",
    "has_open_format": "files",
    "resources_documentation": "files",
    "all_resources_available": "files",
}


class Step(NamedTuple):
    """A step in the trail of the page; `gain` is what it may still bring, in percent."""

    name: str
    label: str | Promise
    address: str
    gain: int


class Advice(NamedTuple):
    """A criterion that is not met: what it brings (percent), what to do, where."""

    criterion: Criterion
    gain: int
    address: str


def advice_for(dataset: Dataset) -> list[Advice]:
    """Return what would make the quality of the metadata better, in the order of the criteria."""
    gain = round(100 / NUMBER_OF_CRITERIA)
    return [
        Advice(criterion, gain, reverse(f"publish-{PLACES[name]}", args=[dataset.pk]))
        for name, criterion in zip(CRITERIA, criteria_of(dataset), strict=True)
        if not criterion.met
    ]


class DatasetStep(PublishPage):
    """One step of a dataset that the reader may edit."""

    step = ""

    def context_of(self, dataset: Dataset, **context: Any) -> dict[str, Any]:
        """Return what every step shows: the trail, and how good the metadata are."""
        advice = advice_for(dataset)
        steps = []
        for name, label in STEPS:
            address = reverse(f"publish-{name}", args=[dataset.pk])
            steps.append(Step(name, label, address, sum(one.gain for one in advice if one.address == address)))
        names = [name for name, _label in STEPS]
        place = names.index(self.step)
        return {
            "dataset": dataset,
            "steps": steps,
            "step": self.step,
            "next": steps[place + 1] if place + 1 < len(steps) else None,
            "quality": dataset.quality,
            "criteria": criteria_of(dataset),
            "advice": advice,
            **context,
        }


class FormStep(DatasetStep):
    """A step whose form changes the dataset. A draft takes what is right of an unfinished form (`autosave`)."""

    form_class: type[PublishForm]

    def form(self, dataset: Dataset, data: Any = None) -> PublishForm:
        """Return the form with what the dataset has, or with what was sent."""
        initial = self.form_class.initial_of(dataset)
        form = self.form_class(data, user=self.request.user, actor=self.actor, item=dataset, initial=initial)
        gain = round(100 / NUMBER_OF_CRITERIA)
        met = dataset.quality_at(timezone.now())
        for name, criterion in self.form_class.criteria.items():
            if not met.get(criterion):
                form.fields[name].gain = gain
        return form

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        dataset = self.own(Dataset, pk)
        return self.answer(form=self.form(dataset), **self.context_of(dataset, **self.helps(dataset)))

    def helps(self, dataset: Dataset) -> dict[str, Any]:
        """Return what else the step shows."""
        return {}

    @transaction.atomic
    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        dataset = self.own(Dataset, pk, lock=True)
        form = self.form(dataset, request.POST)
        if "autosave" in request.POST:
            return self.autosaved(dataset, form)
        if form.is_valid():
            with told_by(form):
                datasets.update(dataset, form.values(), by=request.user, actor=self.actor)
        if form.errors:
            return self.answer(form=form, status=400, **self.context_of(dataset, **self.helps(dataset)))
        self.tell_saved(dataset)
        return redirect(self.following(dataset))

    def following(self, dataset: Dataset) -> str:
        """Return where a saved form leads: on with a draft, back to the same step of what is published."""
        names = [name for name, _label in STEPS]
        name = names[names.index(self.step) + 1] if dataset.private and "stay" not in self.request.POST else self.step
        return reverse(f"publish-{name}", args=[dataset.pk])

    def autosaved(self, dataset: Dataset, form: PublishForm) -> HttpResponse:
        """Keep what is right of a draft's form; say what is kept, how good it is, and the mark for the next time."""
        if not dataset.private:
            return JsonResponse({"saved": False}, status=HTTPStatus.CONFLICT)
        form.is_valid()
        if form.was_overtaken:
            return JsonResponse({"saved": False, "overtaken": True}, status=HTTPStatus.CONFLICT)
        with told_by(form):
            datasets.update(dataset, form.values(), by=self.request.user, actor=self.actor)
        score = round(100 * float(dataset.quality["score"]))
        return JsonResponse({"saved": True, "mark": mark_of(dataset), "score": score, "errors": sorted(form.errors)})


class Describe(FormStep):
    template_name = "catalog/publish/describe.html"
    form_class = DescribeForm
    step = "describe"

    def helps(self, dataset: Dataset) -> dict[str, Any]:
        """Datasets that look like this one, and the tags that they have."""
        alike = likeness.alike(dataset, self.request.user)
        return {"alike": alike, "usual_tags": likeness.usual_tags(alike)}


class Coverage(FormStep):
    template_name = "catalog/publish/coverage.html"
    form_class = CoverageForm
    step = "coverage"


class Check(DatasetStep):
    """The last step: what the page will say, what is missing, and the buttons that change the dataset's state."""

    template_name = "catalog/publish/check.html"
    step = "check"

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        dataset = self.own(Dataset, pk)
        return self.answer(**self.context_of(dataset, missing=missing(dataset)))

    def context_of(self, dataset: Dataset, **context: Any) -> dict[str, Any]:
        """Add what became of the submission, and whether publishing needs one."""
        return super().context_of(
            dataset,
            review=Review.objects.about(dataset).select_related("decided_by").first() if dataset.private else None,
            needs_review=review_gate.needed(dataset, self.request.user),
            zone=timezone.get_current_timezone_name(),
            comment_length=MAX_COMMENT,
            **context,
        )

    def reviewed(self, dataset: Dataset, action: str) -> HttpResponse:
        """Submit, schedule or take back; say what is wrong with it on the same page."""
        by: dict[str, Any] = {"by": self.request.user, "actor": self.actor}
        words = self.request.POST.get("comment", "")
        try:
            if action == "withdraw":
                review.withdraw(dataset, **by)
            elif action == "publish":
                review.submit(dataset, comment=words, **by)
            else:
                review.schedule(dataset, review.moment_of(self.request.POST.get("publish_at", "")), comment=words, **by)
        except ServiceError as error:
            found = self.context_of(dataset, missing=missing(dataset), refusal=str(error.message))
            return self.answer(status=400, **found)
        messages.success(self.request, self.told(action, in_review=review_gate.needed(dataset, self.request.user)))
        return redirect("publish-check", pk=dataset.pk)

    @transaction.atomic
    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        dataset = self.own(Dataset, pk, lock=True)
        action = request.POST.get("action", "")
        if action == "delete":
            datasets.delete(dataset, by=request.user)
            messages.success(request, _("“%(title)s” is deleted.") % {"title": dataset})
            return redirect("publish")
        if action in ("publish", "schedule") and (lacking := missing(dataset)):
            return self.answer(status=400, **self.context_of(dataset, missing=lacking, refused=True))
        if action in ("schedule", "withdraw") or (action == "publish" and review_gate.needed(dataset, request.user)):
            return self.reviewed(dataset, action)
        values = {
            "publish": {"private": False},
            "draft": {"private": True},
            "archive": {"archived": timezone.now()},
            "unarchive": {"archived": None},
        }.get(action)
        if values is None:
            return self.answer(status=400, **self.context_of(dataset, missing=missing(dataset)))
        datasets.update(dataset, values, by=request.user, actor=self.actor)
        messages.success(request, self.told(action))
        return redirect(dataset)

    @staticmethod
    def told(action: str, *, in_review: bool = False) -> str:
        """Return the sentence that says what was done."""
        if in_review and action != "withdraw":
            return _("The dataset is submitted: a curator will look at it.")
        return {
            "schedule": _("The dataset will be published at its date."),
            "withdraw": _("The dataset is a mere draft again."),
            "publish": _("The dataset is published."),
            "draft": _("The dataset is a draft again."),
            "archive": _("The dataset is archived."),
            "unarchive": _("The dataset is back in the lists."),
        }[action]


def missing(dataset: Dataset) -> list[tuple[str, str]]:
    """Return what keeps a draft from being published: sentences, and where each is mended."""
    found = []
    if not dataset.description.strip():
        found.append((_("It has no description yet."), reverse("publish-describe", args=[dataset.pk])))
    return found
