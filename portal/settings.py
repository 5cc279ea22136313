"""One settings module; the environment (or a `.env` file) makes the only difference. See docs/operations.md."""

from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import oauth_settings, theme_settings
from portal.lib.databases import ENGINES
from portal.schedule_settings import SCHEDULES  # noqa: F401

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

from portal import account_settings  # noqa: E402 - it reads the environment, and so the file above
from portal.account_settings import *  # noqa: E402, F403
from portal.link_settings import *  # noqa: E402, F403
from portal.stats_settings import *  # noqa: E402, F403

# --- Security ---------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and (secret_file := env.str("SECRET_KEY_FILE", default="")):
    SECRET_KEY = Path(secret_file).read_text(encoding="utf-8").strip()
if not SECRET_KEY and DEBUG:
    SECRET_KEY = "insecure-development-key-" + "0" * 40
if len(SECRET_KEY) < 50 or (not DEBUG and (len(set(SECRET_KEY)) < 5 or "insecure" in SECRET_KEY)):
    raise ImproperlyConfigured(
        "Set SECRET_KEY (or SECRET_KEY_FILE) to at least 50 random characters (python -c 'import secrets; "
        "print(secrets.token_urlsafe(64))'), or DEBUG=on for a development server."
    )
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
SECURE = SITE_URL.startswith("https://")
if DEBUG and SECURE:
    raise ImproperlyConfigured("DEBUG shows settings and source to every visitor: turn it off for an https SITE_URL.")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", environ.urlparse(SITE_URL).hostname]
)
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes come from inside, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
TRUST_PROXY = env.bool("TRUST_PROXY", default=False)  # a proxy of ours writes X-Forwarded-Proto and -For
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUST_PROXY else None
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
if SECURE:  # names that a browser accepts from this host alone, over TLS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
X_FRAME_OPTIONS = "DENY"

# --- Applications -----------------------------------------------------------------------------------------

PORTAL_THEME = env.str("PORTAL_THEME", default="")  # the app of the theme; none: the neutral theme
PORTAL_THEMES = env.list("PORTAL_THEMES", default=[])  # apps of more themes, for the staff to try out
THEME_GOUVFR_STATE_SITE = env.bool("THEME_GOUVFR_STATE_SITE", default=False)  # may use the French State's design
THEME_APPS = theme_settings.apps_of([PORTAL_THEME, *PORTAL_THEMES])
INSTALLED_APPS = [
    *THEME_APPS,
    "portal",
    "catalog",
    "harvest",
    "stats",
    "portal.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "oauth2_provider",
    "reversion",
    "django_celery_beat",
    *account_settings.ACCOUNT_APPS,
]
AUTH_USER_MODEL = "portal.User"
MIDDLEWARE = [
    "portal.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.PageCompressionMiddleware",
    "stats.middleware.StatsMiddleware",
    "portal.lib.writes.middleware.WritesMiddleware",
    "portal.lib.api.middleware.ApiMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.themes.middleware.ThemeMiddleware",
    "portal.middleware.PathMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *account_settings.ACCOUNT_MIDDLEWARE,
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": theme_settings.LOADERS,
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.site",
            ],
        },
    }
]

# --- Data: one SQLite file by default, PostgreSQL by DATABASE_URL ------------------------------------------

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'portal.sqlite3'}")}
DATABASES["default"]["ENGINE"] = ENGINES.get(DATABASES["default"]["ENGINE"], DATABASES["default"]["ENGINE"])
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=300)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;",
    }
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # pytest-django knows it of Django's own engine alone
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)  # seconds
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATS_SPOOL_DIR = Path(env.str("STATS_SPOOL_DIR", default=str(DATA_DIR / "stats")))  # hits, until this host loads them

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "portal",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds: a lost cache must not hang a page
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}},
    # Pages of the API's dataset lists, about 100 kB each, in each process: their keys change with the catalogue.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "TIMEOUT": 60,  # seconds
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

# --- Background work ---------------------------------------------------------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=REDIS_URL or "filesystem://localhost/")
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(DATA_DIR / "broker"),
        "data_folder_out": str(DATA_DIR / "broker"),
        "control_folder": str(DATA_DIR / "broker" / "control"),
    }
    (DATA_DIR / "broker" / "control").mkdir(parents=True, exist_ok=True)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True  # but for jobs: see portal.lib.jobs
CELERY_RESULT_BACKEND = env.str("CELERY_RESULT_BACKEND", default=REDIS_URL or f"file://{DATA_DIR / 'results'}")
if CELERY_RESULT_BACKEND.startswith("file://"):
    Path(CELERY_RESULT_BACKEND.removeprefix("file://")).mkdir(parents=True, exist_ok=True)
CELERY_RESULT_EXPIRES = 7 * 24 * 3600  # seconds
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"retry_policy": {"max_retries": 1, "timeout": 2}}  # a reader waits for it
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT, CELERY_REDIS_SOCKET_TIMEOUT = 1, 5  # seconds
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
DJANGO_CELERY_BEAT_TZ_AWARE = True

# --- Languages ---------------------------------------------------------------------------------------------

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Paris")
USE_TZ = True

# --- Files: static by whitenoise, uploads on local disk or S3 ----------------------------------------------

STATIC_URL = "static/"
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    *theme_settings.finders_of(THEME_APPS),
]
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(DATA_DIR / "static")))
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_URL = env.str("MEDIA_URL", default="media/")
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if env.str("S3_BUCKET", default=""):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": env.str("S3_BUCKET"),
            "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
            "region_name": env.str("S3_REGION", default=None),
            "access_key": env.str("S3_ACCESS_KEY", default=None),
            "secret_key": env.str("S3_SECRET_KEY", default=None),
            "custom_domain": env.str("S3_CUSTOM_DOMAIN", default=None),
            "file_overwrite": False,
            "querystring_auth": False,
        },
    }
WHITENOISE_USE_FINDERS = DEBUG
UPLOAD_MAX_SIZE = env.int("UPLOAD_MAX_SIZE", default=10 * 1024**3)  # bytes, of one hosted file
UPLOAD_MAX_RETENTION = 24 * 3600  # seconds that parts of an upload wait for the others
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # a dataset in the admin: 100 resources of 8 fields, and its territories

# --- Search ------------------------------------------------------------------------------------------------

SEARCH_BACKEND = env.str("SEARCH_BACKEND", default="catalog.search.backends.tantivy.TantivyBackend")
SEARCH_DIR = Path(env.str("SEARCH_DIR", default=str(DATA_DIR / "search")))  # on this host: each web host has its own
OPENSEARCH_URL = env.str("OPENSEARCH_URL", default="")
OPENSEARCH_INDEX = env.str("OPENSEARCH_INDEX", default="portal")
AUDIT_RETENTION_DAYS = env.int("AUDIT_RETENTION_DAYS", default=365)  # of the audit log
HISTORY_FULL_DAYS = env.int("HISTORY_FULL_DAYS", default=90)  # that every revision is kept; then one a month
SEARCH_MISSES_DAYS = env.int("SEARCH_MISSES_DAYS", default=90)  # that searches without result are kept

# --- Looking into files ------------------------------------------------------------------------------------

PREVIEW_DIR = Path(env.str("PREVIEW_DIR", default=str(DATA_DIR / "previews")))  # copies of remote files, on this host
PREVIEW_MAX_SIZE = env.int("PREVIEW_MAX_SIZE", default=100 * 1024**2)  # bytes, of one remote file
PREVIEW_CACHE_SIZE = env.int("PREVIEW_CACHE_SIZE", default=2 * 1024**3)  # bytes, of all copies
PREVIEW_TIMEOUT = env.int("PREVIEW_TIMEOUT", default=60)  # seconds to fetch one file
PREVIEW_MAX_AGE = env.int("PREVIEW_MAX_AGE", default=3600)  # seconds until a copy is asked for again
TABULAR_DIR = Path(env.str("TABULAR_DIR", default=str(DATA_DIR / "tabular")))  # room for sorts and converted sheets
TABULAR_WORKERS = env.int("TABULAR_WORKERS", default=2)  # queries at once on this host
TABULAR_MEMORY = env.int("TABULAR_MEMORY", default=256)  # MiB, of one query
TABULAR_DISK = env.int("TABULAR_DISK", default=2048)  # MiB that one query may write beside
TABULAR_THREADS = env.int("TABULAR_THREADS", default=1)
TABULAR_TIMEOUT = env.int("TABULAR_TIMEOUT", default=30)  # seconds of one query
TABULAR_EXPORT_TIMEOUT = env.int("TABULAR_EXPORT_TIMEOUT", default=300)  # seconds of one export
TABULAR_MAX_SHEET = env.int("TABULAR_MAX_SHEET", default=200 * 1024**2)  # bytes of a spreadsheet, once unpacked

# --- E-mail ------------------------------------------------------------------------------------------------

vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="portal@localhost")

# --- The portal --------------------------------------------------------------------------------------------

VERSION = "0.1.0"  # of the portal, as its API gives it
CONTACT_EMAIL = env.str("CONTACT_EMAIL", default="")  # who gets messages to the portal; none: its administrators
CONTACT_EMAILS = env.dict("CONTACT_EMAILS", default={})  # "personal_data=dpo@example.org,…", by reason of the message
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")  # an e-mail or an address, in /.well-known/security.txt
DELETE_ME = env.bool("DELETE_ME", default=True)  # whether a program may delete the account it speaks for
POST_DISCUSSIONS_ENABLED = env.bool("POST_DISCUSSIONS_ENABLED", default=False)  # discussions on posts
DISCUSSION_ALLOWED_EXTERNAL_DOMAINS = env.list("DISCUSSION_ALLOWED_EXTERNAL_DOMAINS", default=[])
SPAM_WORDS = env.list("SPAM_WORDS", default=[])  # whoever uses one is reported; what follows waits
SPAM_ALLOWED_LANGS = env.list("SPAM_ALLOWED_LANGS", default=[])  # "fr,en": texts in another are reported; empty: any
URLS_ALLOW_PRIVATE = env.bool("URLS_ALLOW_PRIVATE", default=DEBUG)  # addresses of the local network in the catalogue
OUTBOUND_ALLOWED_HOSTS = env.list("OUTBOUND_ALLOWED_HOSTS", default=[])  # called though private: "intranet,10.0.0.5:81"
SITE_ID = env.str("SITE_ID", default="default")
CSV_MAX_CONCURRENT_DUMPS = env.int("CSV_MAX_CONCURRENT_DUMPS", default=4)
CSV_STATEMENT_TIMEOUT = env.int("CSV_STATEMENT_TIMEOUT", default=600)  # seconds
CSV_ESCAPE_FORMULAS = env.bool("CSV_ESCAPE_FORMULAS", default=False)  # alters values: see docs/operations.md
QUALITY_DESCRIPTION_LENGTH = 100  # characters
SCHEMA_CATALOG_URL = env.str("SCHEMA_CATALOG_URL", default="")
TABULAR_EXPLORE_URL = env.str("TABULAR_EXPLORE_URL", default="")
FEED_DELAY_HOURS = 10
DAYS_AFTER_NOTIFICATION_EXPIRED = env.int("DAYS_AFTER_NOTIFICATION_EXPIRED", default=90)  # once handled
HVD_SUPPORT = env.bool("HVD_SUPPORT", default=True)  # the job update-badges gives the badge of high value datasets
INSPIRE_SUPPORT = env.bool("INSPIRE_SUPPORT", default=True)  # and that of INSPIRE
HARVEST_ENABLE_MANUAL_RUN = env.bool("HARVEST_ENABLE_MANUAL_RUN", default=False)  # by publishers, of their sources
HARVEST_DEFAULT_SCHEDULE = env.str("HARVEST_DEFAULT_SCHEDULE", default="0 0 * * *")  # of a source just accepted
HARVEST_JOBS_RETENTION_DAYS = env.int("HARVEST_JOBS_RETENTION_DAYS", default=365)
HARVEST_MAX_ITEMS = env.int("HARVEST_MAX_ITEMS", default=0)  # of one run; 0: as many as there are
HARVEST_WORKERS = env.int("HARVEST_WORKERS", default=2)  # runs at once, over all workers
HARVEST_SPREAD = env.int("HARVEST_SPREAD", default=120)  # minutes over which the runs of HARVEST_DEFAULT_SCHEDULE begin
HARVEST_BATCH = env.int("HARVEST_BATCH", default=250)  # records written in one transaction
HARVEST_LEASE = env.int("HARVEST_LEASE", default=300)  # seconds without a sign of life after which a run is taken over
HARVEST_JOB_HOURS = env.float("HARVEST_JOB_HOURS", default=6)  # a run may last
HARVEST_HOST_DELAY = env.float("HARVEST_HOST_DELAY", default=0.5)  # seconds between two requests to one host
HARVEST_PAGE_MIB = env.int("HARVEST_PAGE_MIB", default=64)  # of one answer, decoded
HARVEST_EXPORT_MIB = env.int("HARVEST_EXPORT_MIB", default=512)  # of a whole catalogue in one file
HARVEST_TIMEOUT = env.float("HARVEST_TIMEOUT", default=120)  # seconds for one answer
HARVEST_RETRIES = env.int("HARVEST_RETRIES", default=4)  # of a request that failed for a while
HARVEST_PREVIEW_ITEMS = env.int("HARVEST_PREVIEW_ITEMS", default=20)
HARVEST_GRACE_DAYS = env.int("HARVEST_GRACE_DAYS", default=7)  # before what disappeared is archived
HARVEST_STOP_PERCENT = env.float("HARVEST_STOP_PERCENT", default=20)  # more would be archived: stop and ask
HARVEST_STOP_DATASETS = env.int("HARVEST_STOP_DATASETS", default=50)  # the same, in datasets
# CaptchEtat, the captcha of the French State: both addresses and the account of its OAuth2, else there is none.
CAPTCHETAT_BASE_URL = env.str("CAPTCHETAT_BASE_URL", default="").rstrip("/")
CAPTCHETAT_OAUTH_BASE_URL = env.str("CAPTCHETAT_OAUTH_BASE_URL", default="").rstrip("/")
CAPTCHETAT_CLIENT_ID = env.str("CAPTCHETAT_CLIENT_ID", default="")
CAPTCHETAT_CLIENT_SECRET = env.str("CAPTCHETAT_CLIENT_SECRET", default="")

# --- API ---------------------------------------------------------------------------------------------------

API_MAX_BODY = env.int("API_MAX_BODY", default=10 * 2**20)  # bytes of JSON
# Requests of one caller: her account, else her address. Empty or 0: not counted. Reading 75,000 datasets in pages of 20
# takes 3,750 requests; a whole office may share one address.
API_RATES = {
    "anonymous": env.str("API_RATE_ANONYMOUS", default="3000/minute"),
    "authenticated": env.str("API_RATE_AUTHENTICATED", default="6000/minute"),
    "writes": env.str("API_RATE_WRITES", default="600/minute"),
    # Large files come in parts, one request each.
    "uploads": env.str("API_RATE_UPLOADS", default="600/minute"),
    "reports": env.str("API_RATE_REPORTS", default="20/hour"),  # open to anonymous callers
    "contact": env.str("API_RATE_CONTACT", default="10/hour"),  # messages by the contact form
    "login": env.str("API_RATE_LOGIN", default="10/minute"),  # passwords, and what sends an e-mail
    "searches": env.str("SEARCH_RATE", default="300/minute"),  # pages of anonymous readers: texts, filters, next pages
}
if not env.bool("API_THROTTLE", default=True):
    API_RATES = {}
API_RATES_PREFIX = "portal:throttle"  # of the keys on Redis
CORS_ALLOWED_ORIGINS = env.list("CORS_ALLOWED_ORIGINS", default=[])  # sites whose pages may act as their reader
API_TOKEN_DAYS = env.int("API_TOKEN_DAYS", default=0)  # life of a token made without an expiry; 0: no end, as in udata
# W040: on SQLite an index is without the columns that it only carries along.
SILENCED_SYSTEM_CHECKS = [*oauth_settings.SILENCED_CHECKS, "models.W040"]
OAUTH2_PROVIDER_APPLICATION_MODEL = oauth_settings.APPLICATION_MODEL
OAUTH2_PROVIDER = {**oauth_settings.PROVIDER, "OIDC_ISS_ENDPOINT": SITE_URL}  # who grants, as clients compare it
PUBLICATION_REVIEW = env.bool("PUBLICATION_REVIEW", default=False)  # curators agree to what others publish
READ_ONLY_MODE = env.bool("READ_ONLY_MODE", default=False)  # writes are refused (423), but for administrators
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["portal.lib.api.renderers.SortedJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.lib.api.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["portal.lib.api.throttling.CallerThrottle"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "catalog.api.authentication.ApiKeyAuthentication",
        "catalog.api.authentication.BearerAuthentication",
        "portal.lib.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticatedOrReadOnly"],
    "DEFAULT_FILTER_BACKENDS": ["portal.lib.api.filters.FilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portal.lib.api.pagination.Pagination",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "portal.lib.api.negotiation.OneForm",
    "DEFAULT_SCHEMA_CLASS": "portal.lib.api.schema.Schema",
    "EXCEPTION_HANDLER": "portal.lib.api.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Open data portal",
    "DESCRIPTION": "Everything a browser can do on this portal, a program can do too.",
    "LICENSE": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],  # lists of values stay where they are used: names made for them would not be stable
    "DISABLE_ERRORS_AND_WARNINGS": False,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # it mixes both versions; CI validates each (`spectacular --api-version`)
}

# --- Logs --------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {request_id} {message}", "style": "{"}},
    "filters": {"request_id": {"()": "portal.lib.request_ids.RequestIdFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "loggers": {
        "axes": {"level": "ERROR"},  # it tells who signs in; portal.accounts.locks tells of locks
        "django.request": {"level": "ERROR"},  # the web server's log has every 4xx already
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
