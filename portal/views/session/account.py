"""`/register/`, `/confirm/`, `/reset/`, `/change/`, `/change-email`: the account, in udata's dialect.

What would tell whether an account exists gets one answer in both cases.
"""

from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    UserTokenForm,
)
from allauth.account.internal import flows
from allauth.account.models import EmailAddress, get_emailconfirmation_model
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse

from portal.accounts.addresses import follow_user
from portal.accounts.dialect import success
from portal.accounts.forms import SignupForm
from portal.models import User
from portal.views.session.base import TOO_MANY, Body, Refused, same, session_route, state, validated

PASSWORDS = {"password1": "password", "password2": "password_confirm"}
NEW_PASSWORDS = {"oldpassword": "password", "password1": "new_password", "password2": "new_password_confirm"}
INVALID_TOKEN = "Invalid token"  # noqa: S105 - a message


@session_route("account_signup", counted=True)
def register(request: HttpRequest, body: Body) -> HttpResponse:
    """Make an account; its address must then be confirmed."""
    if request.user.is_authenticated:
        raise Refused({"": ["You are already logged in."]})
    texts = {name: body.text(name) for name in ("first_name", "last_name", "email")}
    password = same(body, "password", "password_confirm")
    given = {**texts, "password1": password, "conditions": body.flag("accept_conditions")}
    form = validated(SignupForm(given), {**PASSWORDS, "conditions": "accept_conditions"})
    user, answer = form.try_save(request)
    if answer is None:
        flows.signup.complete_signup(request, user=user)
    return success(request, user={})


@session_route("account_login", counted=True)
def confirm(request: HttpRequest, body: Body) -> HttpResponse:
    """Send the mail of confirmation again, if there is an account that waits for it."""
    email = validated(ResetPasswordForm({"email": body.text("email")}), {}).cleaned_data["email"].lower()
    user = User.objects.active().filter(email=email, confirmed_at=None).first()
    if user is not None:
        follow_user(user)
        address = EmailAddress.objects.get(user=user, email=email)
        flows.email_verification.send_verification_email_to_address(request, address)
    return success(request)


@session_route("account_confirm_email", counted=True)
def confirm_token(request: HttpRequest, body: Body, key: str) -> HttpResponse:
    """Confirm an address with the token of the mail; the GET of a browser leads to the page that does it."""
    verification = get_emailconfirmation_model().from_key(key)
    if verification is None or verification.confirm(request) is None:
        raise Refused({"": [INVALID_TOKEN]})
    return success(request)


@session_route("account_reset_password", counted=True)
def reset(request: HttpRequest, body: Body) -> HttpResponse:
    """Send the mail that lets choose a new password."""
    form = validated(ResetPasswordForm({"email": body.text("email")}), {})
    if not ratelimit.consume(request, action="reset_password", key=form.cleaned_data["email"].lower()):
        raise Refused({"": [TOO_MANY]}, status=429)
    form.save(request)
    return success(request)


@session_route("account_reset_password_from_key", counted=True)
def reset_token(request: HttpRequest, body: Body, uidb36: str, key: str) -> HttpResponse:
    """Choose a new password with the token of the mail; signing in comes next."""
    token = UserTokenForm({"uidb36": uidb36, "key": key})
    if not token.is_valid():
        raise Refused({"": [INVALID_TOKEN]})
    password = same(body, "password", "password_confirm")
    given = {"password1": password, "password2": password}
    form = validated(ResetPasswordKeyForm(given, user=token.reset_user, temp_key=key), PASSWORDS)
    form.save()
    flows.password_reset.finalize_password_reset(request, token.reset_user)
    return success(request)


@session_route("account_change_password", counted=True, signed_in=True)
def change(request: HttpRequest, body: Body) -> HttpResponse:
    """Change the password; every other session of the account ends."""
    if not ratelimit.consume(request, action="change_password", user=request.user):
        raise Refused({"": [TOO_MANY]}, status=429)
    password = same(body, "new_password", "new_password_confirm")
    given = {"oldpassword": body.text("password"), "password1": password, "password2": password}
    form = validated(ChangePasswordForm(request.user, given), NEW_PASSWORDS)
    form.save()
    flows.password_change.finalize_password_change(request, form.user)
    return state(request)


@session_route("account_email", counted=True, signed_in=True, fresh=True)
def change_email(request: HttpRequest, body: Body) -> HttpResponse:
    """Ask for another address: it takes the place of the present one once it is confirmed."""
    email = body.text("new_email") or body.text("email")
    form = validated(AddEmailForm(request.user, {"email": email}), {})
    flows.manage_email.add_email(request, form)
    return state(request)
