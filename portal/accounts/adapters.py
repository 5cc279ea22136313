"""Where allauth asks the portal: mails, addresses of links, fresh sessions, secrets, what a provider says."""

import base64
import time
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

import jwt
import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as request_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Site
from portal.accounts.addresses import follow_user
from portal.lib import mails
from portal.lib.clients import address_of
from portal.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts with an address and a password."""

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse inactive accounts; bring allauth's addresses in step with the account's."""
        answer = super().pre_login(request, user, **kwargs)
        if answer is None:
            follow_user(user)
        return answer

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count nothing here: axes does, for all processes (portal.accounts.locks)."""

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Confirm an address, unless an account took it in the meantime."""
        taken = User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists()
        if taken:
            names = {"email": email_address.email}
            self.add_message(request, messages.ERROR, "account/messages/email_confirmation_failed.txt", names)
            return False
        return super().confirm_email(request, email_address)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again unless it was given, here or at sign-in, a moment ago."""
        request = request_context.request
        records = get_authentication_records(request, request.user)
        latest = max((record["at"] for record in records), default=0)
        return time.time() - latest > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request)

    # Mails

    def format_email_subject(self, subject: str) -> str:
        return f"[{Site.objects.facts()['title']}] {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail in the reader's own language, which is the account's if she has one and chose one."""
        site = SimpleNamespace(name=Site.objects.facts()["title"], domain=settings.SITE_URL)
        user = context.get("user") or User.objects.filter(email=email).first()
        language = getattr(user, "language", "") or translation.get_language()
        with translation.override(language):
            super().send_mail(template_prefix, email, {"current_site": site, **context})

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Make the mail in text, and the same text as a page."""
        mail = super().render_mail(template_prefix, email, context, headers)
        mail.attach_alternative(mails.page(mail.subject, mail.body), "text/html")
        return mail

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the link of the mail: on the portal's own address, whatever host the request named."""
        return settings.SITE_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, _dash, token = key.partition("-")
        return settings.SITE_URL + reverse("account_reset_password_from_key", args=[uid, token])


class MfaAdapter(DefaultMFAAdapter):
    """The second factor. Its secrets are kept encrypted with SECRET_KEY: a stolen table opens nothing."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": gettext_lazy(
            "The administration needs your second factor: it can't be removed."
        ),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return Site.objects.facts()["title"]

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        user = authenticator.user
        return not (settings.STAFF_TWO_FACTOR_REQUIRED and (user.is_staff or user.is_superuser))


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(sha256(f"two-factor:{settings.SECRET_KEY}".encode()).digest()))


class SocialAdapter(DefaultSocialAccountAdapter):
    """Sign-in with an OpenID Connect provider."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Name the new account; ProConnect has its own word for the last name."""
        user = super().populate_user(request, sociallogin, data)
        claims = sociallogin.account.extra_data
        claims = claims.get("userinfo") or claims.get("id_token") or {}
        user.first_name = user.first_name[:255]
        user.last_name = (user.last_name or str(claims.get("usual_name") or ""))[:255]
        user.email = user.email.lower() or None
        return user

    def authenticate_by_email(self, sociallogin: Any) -> Any:
        """Find the account of a verified address, whose confirmation allauth must know before it judges it."""
        given = [row.email.lower() for row in sociallogin.email_addresses if row.verified]
        for user in User.objects.active().filter(email__in=given):
            follow_user(user)
        return super().authenticate_by_email(sociallogin)

    def get_requests_session(self) -> requests.Session:
        session = super().get_requests_session()
        session.hooks["response"].append(unwrap_token)
        return session

    def on_authentication_error(self, request: HttpRequest, provider: Any, **kwargs: Any) -> None:
        messages.error(request, _("The sign-in service did not let you in, or you stopped there."))


def unwrap_token(response: requests.Response, *args: Any, **kwargs: Any) -> requests.Response:
    """Turn a user info answer that is a signed token (ProConnect's) into the JSON it holds.

    Its signature is not needed: it comes straight from the provider, over TLS (OpenID Connect Core, 3.1.3.7).
    """
    if response.headers.get("Content-Type", "").partition(";")[0].strip() == "application/jwt":
        claims = jwt.decode(response.text, options={"verify_signature": False})
        response._content = requests.compat.json.dumps(claims).encode()
        response.headers["Content-Type"] = "application/json"
        response.encoding = "utf-8"
    return response
