"""`/get-csrf`, `/login/`, `/logout/`, `/verify` and the second factor: `/tf-setup`, `/tf-validate`, `/tf-rescue`."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.stages import LoginStage, LoginStageController
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.internal.constants import LoginStageKey
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.forms import ActivateTOTPForm, DeactivateTOTPForm
from allauth.mfa.totp.internal import flows as totp
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, get_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from portal.accounts.dialect import success
from portal.accounts.forms import LoginForm
from portal.accounts.staff import must_set_up_two_factor
from portal.models import User
from portal.views.session.base import NOT_SIGNED_IN, Body, Refused, check_session, session_route, state, validated

METHOD = "authenticator"  # Flask-Security's name of TOTP
INVALID_PASSWORD = "Invalid password"  # noqa: S105 - udata's words, whether or not the account exists
INVALID_CODE = "Invalid code"


@require_safe
@never_cache
def get_csrf(request: HttpRequest) -> JsonResponse:
    """Give the token that the other routes ask for, and its cookie (recording 153)."""
    return JsonResponse({"response": {"csrf_token": get_token(request)}})


@session_route("account_login", counted=True)
def login(request: HttpRequest, body: Body) -> HttpResponse:
    """Sign in with an address and a password; a second factor may be asked for next."""
    given = {"login": body.text("email"), "password": body.text("password"), "remember": body.flag("remember")}
    for name, value in (("email", given["login"]), ("password", given["password"])):
        if not value:
            raise Refused({name: [f"{name.title()} not provided"]})
    form = LoginForm(given, request=request)
    if not form.is_valid():
        reasons = form.errors.as_data().get("__all__", [])
        if any(reason.code == "password_rotation" for reason in reasons):
            raise Refused({"password": form.non_field_errors()})
        if "login" in form.errors:
            raise Refused({"email": form.errors["login"]})
        raise Refused({"password": [INVALID_PASSWORD]})
    form.login(request)
    return signed_in_or_next(request, form.user)


def signed_in_or_next(request: HttpRequest, user: User) -> HttpResponse:
    """Tell how far signing in has come: in, the second factor, or an address to confirm first."""
    if request.user.is_authenticated:
        if must_set_up_two_factor(user):
            return state(request, tf_required=True, tf_state="setup_from_login", tf_primary_method=METHOD)
        return state(request)
    if pending_factor(request):
        return success(request, tf_required=True, tf_state="ready", tf_primary_method=METHOD)
    if not user.is_active:
        raise Refused({"email": ["Account is disabled."]})
    raise Refused({"email": ["Email requires confirmation."]})


def pending_factor(request: HttpRequest) -> LoginStage | None:
    """Return the sign-in that waits for a second factor in this session, if any."""
    return LoginStageController.enter(request, LoginStageKey.MFA_AUTHENTICATE.value)


@session_route("account_logout")
def logout(request: HttpRequest, body: Body) -> HttpResponse:
    """Sign out, whether or not anybody was in."""
    get_adapter().logout(request)
    return success(request)


@session_route("account_reauthenticate", counted=True, signed_in=True)
def verify(request: HttpRequest, body: Body) -> HttpResponse:
    """Give the password once more, before something sensitive."""
    form = ReauthenticateForm({"password": body.text("password")}, user=request.user)
    if not form.is_valid():
        raise Refused({"password": [INVALID_PASSWORD]})
    reauthenticate_by_password(request)
    return state(request)


@session_route("mfa_index", signed_in=True, fresh=True)
def tf_setup(request: HttpRequest, body: Body) -> HttpResponse:
    """Begin to set up the second factor (`setup: authenticator`), or remove it (`setup: disable`)."""
    wish = body.text("setup")
    existing = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).first()
    if wish == METHOD:
        if existing:
            raise Refused({"setup": [_("Two-factor authentication is set up already.")]})
        return success(request, **setup_details(request))
    if wish != "disable":
        raise Refused({"setup": ["Not a valid choice."]})
    if existing:
        form = validated(DeactivateTOTPForm({}, authenticator=existing), {})
        totp.deactivate_totp(request, form.authenticator)
    return state(request)


def setup_details(request: HttpRequest) -> dict[str, Any]:
    """Return what an authenticator app is fed with; the key waits in the session for its first code."""
    adapter = get_mfa_adapter()
    secret = get_totp_secret(regenerate=True)
    return {
        "tf_required": True,
        "tf_state": "validating_profile",
        "tf_primary_method": METHOD,
        "tf_authr_key": secret,
        "tf_authr_username": adapter.get_totp_label(request.user),
        "tf_authr_issuer": adapter.get_totp_issuer(),
        "tf_authr_url": adapter.build_totp_url(request.user, secret),
    }


@session_route("mfa_authenticate", counted=True)
def tf_validate(request: HttpRequest, body: Body) -> HttpResponse:
    """Give a code: to end signing in, or the set-up of the second factor."""
    stage = pending_factor(request)
    if stage is None:
        return finish_setup(request, body)
    form = AuthenticateForm({"code": body.text("code")}, user=stage.login.user)
    if not form.is_valid():
        raise Refused({"code": code_errors(form)})
    form.save()
    stage.exit()
    return state(request)


def finish_setup(request: HttpRequest, body: Body) -> HttpResponse:
    """Check the first code of the app; the recovery codes are shown in the answer."""
    check_session(request, fresh=True)
    if SECRET_SESSION_KEY not in request.session:
        raise Refused({"code": ["You currently do not have permissions to access this page"]})
    form = ActivateTOTPForm({"code": body.text("code")}, user=request.user)
    if is_mfa_enabled(request.user, [Authenticator.Type.TOTP]) or not form.is_valid():
        raise Refused({"code": code_errors(form)})
    _totp, recovery = totp.activate_totp(request, form)
    codes = RecoveryCodes(recovery).get_unused_codes() if recovery else []
    return state(request, recovery_codes=codes)


def code_errors(form: Any) -> list[str]:
    """Return why a code was refused: wrong, or too many tries."""
    data = form.errors.as_data().get("code", []) if form.is_bound else []
    wrong = all(error.code in ("incorrect_code", "required") for error in data)
    return [INVALID_CODE] if wrong else list(form.errors["code"])


@session_route("mfa_authenticate", counted=True)
def tf_rescue(request: HttpRequest, body: Body) -> HttpResponse:
    """Help who lost her second factor: with a recovery code, or by telling the operator of the portal."""
    stage = pending_factor(request)
    if stage is None:
        raise Refused({"": [NOT_SIGNED_IN]}, status=401)
    wish = body.text("help_setup")
    if wish == "recovery_code":
        return success(request, tf_required=True, tf_state="ready", tf_primary_method="recovery_code")
    if wish not in ("lost_device", "help"):
        raise Refused({"help_setup": ["Not a valid choice."]})
    user = stage.login.user
    send_mail(
        _("A second factor is lost"),
        _(
            "The account %(email)s asks to sign in without its second factor: its password was right. Once you are "
            "sure who asks, run: manage.py user unset-two-factor %(email)s"
        )
        % {"email": user.email},
        None,
        [settings.TWO_FACTOR_RESCUE_EMAIL or settings.DEFAULT_FROM_EMAIL],
    )
    return success(request, tf_required=True, tf_state="ready", tf_primary_method=METHOD)
