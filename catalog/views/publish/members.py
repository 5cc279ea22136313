"""Members of an organization: who they are, who asks to join, whom to invite; and asking to join."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.forms.people import CommentForm, InvitationForm, RoleForm
from catalog.models import Member, MembershipRequest, Organization
from catalog.models.membership import MembershipKind
from catalog.models.vocabulary import MemberRole
from catalog.permissions import Actor, can_administer
from catalog.services import membership
from catalog.services.membership import Invitation
from catalog.views.publish.base import PublishPage, administered, living, told_by
from portal.lib.errors import ServiceError
from portal.lib.paging import page_of

SHOWN = 50  # members on one page


class Members(PublishPage):
    """The members, the requests that wait, and the form that invites."""

    template_name = "catalog/publish/members.html"

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.shown(administered(self, pk), InvitationForm())

    def shown(self, organization: Organization, form: InvitationForm, *, status: int = 200) -> HttpResponse:
        rows = organization.members.order_by("since", "id")
        waiting = organization.membership_requests.pending().select_related("user", "created_by")
        return self.answer(
            organization=organization,
            members=page_of(self.request, rows, Member.objects.select_related("user"), size=SHOWN),
            requests=[one for one in waiting if one.kind == MembershipKind.REQUEST],
            invitations=[one for one in waiting if one.kind == MembershipKind.INVITATION],
            roles=[(role.value, role.label) for role in MemberRole],
            form=form,
            status=status,
        )

    @transaction.atomic
    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        organization = administered(self, pk, lock=True)
        verbs = {
            "set-role": self.set_role, "remove": self.remove, "accept": self.accept, "refuse": self.refuse,
            "cancel": self.cancel,
        }  # fmt: skip
        verb = next((name for name in verbs if name in request.POST), "")
        if not verb:
            return self.invite(organization)
        try:
            with transaction.atomic():
                verbs[verb](organization, request.POST[verb])
        except ServiceError as error:
            messages.error(request, str(error.message))
        if verb == "remove" and not can_administer(Actor.of(request.user), pk):  # she may have left
            return redirect(organization)
        return redirect("publish-members", pk=pk)

    def invite(self, organization: Organization) -> HttpResponse:
        form = InvitationForm(self.request.POST)
        if form.is_valid():
            with told_by(form):
                membership.invite(organization, Invitation(**form.cleaned_data), by=self.request.user)
        if form.errors:
            return self.shown(organization, form, status=400)
        messages.success(self.request, _("The invitation is sent to %(email)s.") % form.cleaned_data)
        return redirect("publish-members", pk=organization.pk)

    def member(self, organization: Organization, number: str) -> Member:
        found = None
        if number.isascii() and number.isdigit() and len(number) < 18:
            found = organization.members.select_related("user", "organization").filter(pk=int(number)).first()
        if found is None:
            raise Http404
        return found

    def set_role(self, organization: Organization, number: str) -> None:
        form = RoleForm({"role": self.request.POST.get(f"role-{number}", "")})
        if not form.is_valid():
            raise ServiceError(_("There is no such role."))
        membership.set_role(self.member(organization, number), form.cleaned_data["role"], by=self.request.user)
        messages.success(self.request, _("Saved."))

    def remove(self, organization: Organization, number: str) -> None:
        found = self.member(organization, number)
        membership.remove(found, by=self.request.user)
        messages.success(self.request, _("%(name)s is no longer a member.") % {"name": found.user})

    def asked(self, organization: Organization, key: str, kind: str) -> MembershipRequest:
        rows = organization.membership_requests.select_for_update(of=("self",)).filter(kind=kind)
        found = next((row for row in rows.pending() if str(row.pk) == key), None)
        if found is None:
            raise ServiceError(_("This was answered already."))
        found.organization = organization
        return found

    def accept(self, organization: Organization, key: str) -> None:
        found = membership.accept(self.asked(organization, key, MembershipKind.REQUEST), by=self.request.user)
        messages.success(self.request, _("%(name)s is a member now.") % {"name": found.user})

    def refuse(self, organization: Organization, key: str) -> None:
        reason = self.request.POST.get(f"reason-{key}", "").strip()[:10_000]
        if not reason:
            raise ServiceError(_("Say why: whoever asked reads it."))
        membership.refuse(self.asked(organization, key, MembershipKind.REQUEST), by=self.request.user, comment=reason)
        messages.success(self.request, _("The request is refused."))

    def cancel(self, organization: Organization, key: str) -> None:
        membership.cancel(self.asked(organization, key, MembershipKind.INVITATION), by=self.request.user)
        messages.success(self.request, _("The invitation is taken back."))


class Join(PublishPage):
    """Asking to become a member."""

    template_name = "catalog/publish/join.html"

    def get(self, request: HttpRequest, pk: str) -> HttpResponse:
        return self.answer(organization=living(pk), form=CommentForm())

    @transaction.atomic
    def post(self, request: HttpRequest, pk: str) -> HttpResponse:
        organization, form = living(pk, lock=True), CommentForm(request.POST)
        if form.is_valid():
            with told_by(form):
                membership.ask(organization, by=request.user, comment=form.cleaned_data["comment"])
        if form.errors:
            return self.answer(organization=organization, form=form, status=400)
        messages.success(request, _("Your request is sent to the administrators of the organization."))
        return redirect(organization)


class InvitationAnswer(PublishPage):
    """Accepting or refusing an invitation to oneself; only by a form of the desk."""

    http_method_names = ["post", "options"]

    @transaction.atomic
    def post(self, request: HttpRequest, rid: Any) -> HttpResponse:
        rows = MembershipRequest.objects.pending().select_for_update(of=("self",))
        mine = rows.filter(pk=rid, user=request.user, kind=MembershipKind.INVITATION)
        found = mine.select_related("organization").first()
        if found is None or found.organization.deleted:
            messages.error(request, _("This was answered already."))
            return redirect("publish")
        name = {"name": found.organization}
        if "accept" in request.POST:
            membership.accept(found, by=request.user)
            messages.success(request, _("You are a member of %(name)s now.") % name)
        else:
            membership.refuse(found, by=request.user)
            messages.success(request, _("You refused to join %(name)s.") % name)
        return redirect(reverse("publish"))
