"""Accounts: sign-in, registration, second factor, brute force, the sign-in of a national or company directory.

Part of `portal.settings`, which imports everything here.
"""

from datetime import timedelta

import environ

env = environ.Env()
DEBUG = env.bool("DEBUG", default=False)

ACCOUNT_APPS = [
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
]
ACCOUNT_MIDDLEWARE = [
    "portal.accounts.sessions.SessionAgeMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.accounts.staff.StaffTwoFactorMiddleware",
    "axes.middleware.AxesMiddleware",  # last, so that nothing changes its answer
]
AUTHENTICATION_BACKENDS = [
    "portal.accounts.locks.LockBackend",  # first: it refuses before any password is compared
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.accounts.validators.CharacterKindsValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds without a visit: see SessionAgeMiddleware
STAFF_SESSION_AGE = 8 * 3600  # seconds without a visit

STAFF_TWO_FACTOR_REQUIRED = env.bool("STAFF_TWO_FACTOR_REQUIRED", default=not DEBUG)
TERMS_URL = env.str("TERMS_URL", default="")  # the conditions that a new account accepts; empty: the portal's own page
TWO_FACTOR_RESCUE_EMAIL = env.str("TWO_FACTOR_RESCUE_EMAIL", default="")  # who hears of a lost second factor

# --- allauth: pages and flows -----------------------------------------------------------------------------

ACCOUNT_ADAPTER = "portal.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "portal.accounts.signup.SignupFields"
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "company_fax"  # hidden from people; programs fill it in
ACCOUNT_FORMS = {"login": "portal.accounts.forms.LoginForm", "signup": "portal.accounts.forms.SignupForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True  # the old address works until the new one is confirmed
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
MFA_ADAPTER = "portal.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# --- Sign-in with an OpenID Connect provider; ProConnect is `OIDC_ISSUER=https://…/api/v2` ------------------

OIDC_ISSUER = env.str("OIDC_ISSUER", default="").rstrip("/")
OIDC_NAME = env.str("OIDC_NAME", default="OpenID Connect")
# Whether an address that the provider gives opens the account of that address, even if the provider does not say that
# it verified it. ProConnect never says, and always has.
OIDC_TRUST_EMAIL = env.bool(
    "OIDC_TRUST_EMAIL",
    default=(environ.urlparse(OIDC_ISSUER).hostname or "").endswith(("proconnect.gouv.fr", "agentconnect.gouv.fr")),
)
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapters.SocialAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# A link, not a form: `form-action 'self'` would stop the form's redirect to the provider.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": OIDC_NAME,
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_ISSUER, "verified_email": OIDC_TRUST_EMAIL},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}

# --- Brute force: counted in the database, for all processes ------------------------------------------------

AXES_HANDLER = "portal.accounts.locks.LockHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address", "username"]
AXES_FAILURE_LIMIT = 5  # of one account from one address; the handler weighs the others
AXES_COOLOFF_TIME = timedelta(hours=1)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # no journal of who signed in from where
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_USERNAME_CALLABLE = "portal.accounts.locks.account_of"
AXES_CLIENT_IP_CALLABLE = "portal.lib.clients.network_of"
AXES_LOCKOUT_CALLABLE = "portal.accounts.locks.locked_out"
