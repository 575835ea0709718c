"""Every setting of TimeFlow, read from the environment.

Nothing set means embedded mode: SQLite, a file broker, memory cache and secrets of its own in `var/`, served on
loopback. `PUBLIC_URL` with https means a public installation, where secrets must come from the environment.
timeflow.lib.variables says in words what each is; a test compares.
"""

from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE
from django.utils.module_loading import import_string
from kombu import Exchange, Queue

from timeflow.api_description import API_DESCRIPTION
from timeflow.lib import urgency
from timeflow.lib.databases import database_settings
from timeflow.lib.keys import KeyProvider
from timeflow.lib.logs import settings_of_logs
from timeflow.lib.public_addresses import private_host
from timeflow.lib.rates import RATE_LIMITS  # noqa: F401 - a setting
from timeflow.lib.secrets import Vault
from timeflow.lib.starting import Environment, StartRefused

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# All that is written lies here, but for short-lived files in the system's own folder for these.
VAR_DIR = BASE_DIR / env.str("DATA_DIR", default="var")
LISTEN_ON = env.str("LISTEN_ON", default="127.0.0.1")
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")
_public = urlsplit(PUBLIC_URL)
IS_PUBLIC = _public.scheme == "https"
DEBUG = env.bool("DEBUG", default=False)
REDIS_URL = env.str("REDIS_URL", default="")
# Where there is no Redis, all processes share VAR_DIR, and so a secret that is made there.
_is_self_contained = env.bool("SELF_CONTAINED", default=False) and not REDIS_URL
vault = Vault(env.ENVIRON, VAR_DIR, is_public=IS_PUBLIC, makes_own=not IS_PUBLIC or _is_self_contained)
SECRET_KEY = vault.text("SECRET_KEY")
JWT_KEYS = vault.key_set("JWT_KEYS")
_field_key_provider = env.str("FIELD_KEY_PROVIDER", default="")
FIELD_KEYS: KeyProvider = import_string(_field_key_provider)() if _field_key_provider else vault.key_set("FIELD_KEYS")
GUEST_KEY = vault.text("GUEST_KEY").encode()
CACHE_KEY = vault.text("CACHE_KEY").encode()
BACKUP_PASSPHRASE = env.str("BACKUP_PASSPHRASE", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname or "127.0.0.1"])
if not IS_PUBLIC:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
ADMIN_PATH = env.str("ADMIN_PATH", default="").strip("/")
TRUSTED_PROXIES = [ip_network(network) for network in env.list("TRUSTED_PROXIES", default=[])]
PRIVATE_HOSTS = [private_host(entry) for entry in env.list("PRIVATE_HOSTS", default=[])]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

INSTALLED_APPS = [
    "timeflow.lib",
    "accounts",
    "availability",
    "scheduling",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]
MIDDLEWARE = [
    # First: a probe knows no host name, and whatever refuses a request later is written down.
    "timeflow.lib.middleware.ProbeMiddleware",
    "timeflow.lib.middleware.RequestLogMiddleware",
    "timeflow.lib.browser_defences.BrowserDefencesMiddleware",
    "timeflow.lib.browser_defences.NoPlainApiMiddleware",
    "timeflow.lib.whole_body.LengthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside whatever may answer by itself; inside the static files, which are the same for everybody.
    "timeflow.lib.http.PersonalAnswersMiddleware",
    "csp.middleware.CSPMiddleware",
    "timeflow.lib.throttle.RateLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.SessionMiddleware",
    "accounts.middleware.PasswordDoorMiddleware",
    "timeflow.lib.sign_in.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.FreshSignInMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "timeflow.lib.pages.RefusalMiddleware",
]
ROOT_URLCONF = "timeflow.urls"
WSGI_APPLICATION = "timeflow.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.person",
                "accounts.context.doors",
                "scheduling.context.rail",
            ],
            "builtins": ["timeflow.lib.templatetags.ui"],
        },
    }
]

# By way of a pool of connections where there is one; DIRECT_DATABASE leads past it.
_everyday, DIRECT_DATABASE = database_settings(
    pooled=env.str("DATABASE_URL", default=""), direct=env.str("DATABASE_DIRECT_URL", default=""), var=VAR_DIR
)
DATABASES = {"default": _everyday}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A cache that does not answer at once is given up, without a second try, so that no page waits for it.
CACHE_TIMEOUTS = {"socket_connect_timeout": 0.2, "socket_timeout": 0.2}
_memory = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {
    "default": {
        "BACKEND": "timeflow.lib.caches.CountedRedis",
        "LOCATION": REDIS_URL,
        "OPTIONS": CACHE_TIMEOUTS,
    }
    if REDIS_URL
    else {"BACKEND": "timeflow.lib.caches.CountedMemory", "OPTIONS": {"MAX_ENTRIES": 20_000}},
    # This process's own: rate limits where there is no Redis or it is down. Apart, so that strangers who fill it push
    # nobody's sign-in out.
    "memory": {**_memory, "LOCATION": "memory", "OPTIONS": {"MAX_ENTRIES": 100_000}},
}
# One process with threads counts in its own memory, atomically; timeflow.gunicorn refuses more than one without Redis.
# django-ratelimit is not among the apps: all that it would add is a check that knows neither.
RATELIMIT_USE_CACHE = "default" if REDIS_URL else "memory"

AUTH_USER_MODEL = "accounts.User"
# It is a ModelBackend itself; beside another one each password would be hashed twice.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.NotOurWordsValidator", "OPTIONS": {"min_length": 10}},
]
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "timeflow.lib.sign_in.csrf_failure"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.people.SignUpForm"
ACCOUNT_FORMS = {"signup": "accounts.forms.signing_up.AccountForm"}
# A mistyped password may be mended by signing up once more; each letter's link is good for its own account alone.
ACCOUNT_RATE_LIMITS = {"confirm_email": "3/3m/key"}
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Only in the browser that signed up, while its short session lasts.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Google is a way in once it has given these two; without it people sign in by e-mail and password.
GOOGLE_CLIENT_ID = env.str("GOOGLE_CLIENT_ID", default="")
GOOGLE_CLIENT_SECRET = env.str("GOOGLE_CLIENT_SECRET", default="")
GOOGLE_URL = env.str("GOOGLE_URL", default="")
# With less there is never room for a PATCH, which takes three units of what comes back in 20 seconds.
LEAST_CALLS = 10
GOOGLE_CALLS_PER_MINUTE = env.int("GOOGLE_CALLS_PER_MINUTE", default=10_000)
GOOGLE_CALLS_PER_MINUTE_AND_USER = env.int("GOOGLE_CALLS_PER_MINUTE_AND_USER", default=600)
GOOGLE_CALLS_PER_DAY = env.int("GOOGLE_CALLS_PER_DAY", default=1_000_000)
if min(GOOGLE_CALLS_PER_MINUTE, GOOGLE_CALLS_PER_MINUTE_AND_USER, GOOGLE_CALLS_PER_DAY) < LEAST_CALLS:
    raise StartRefused(f"GOOGLE_CALLS_PER_MINUTE, …_AND_USER and …_PER_DAY are numbers from {LEAST_CALLS} on.")
PASSWORD_SIGN_IN = env.bool("PASSWORD_SIGN_IN", default=not GOOGLE_CLIENT_ID)
if bool(GOOGLE_CLIENT_ID) != bool(GOOGLE_CLIENT_SECRET):
    raise StartRefused("GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET belong together: set both or neither.")
if GOOGLE_URL and IS_PUBLIC:
    raise StartRefused("GOOGLE_URL names a stand-in for Google, which no public installation may have.")
if not (GOOGLE_CLIENT_ID or PASSWORD_SIGN_IN):
    raise StartRefused("PASSWORD_SIGN_IN is off and there is no GOOGLE_CLIENT_ID, so nobody could sign in.")
SOCIALACCOUNT_ADAPTER = "accounts.social_adapter.SocialAdapter"
SOCIALACCOUNT_PROVIDERS = {"google": {"OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
MFA_ADAPTER = "accounts.mfa_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "accounts.forms.passkeys.AddPasskeyForm",
    "authenticate_webauthn": "accounts.forms.passkeys.PasskeyForm",
    "login_webauthn": "accounts.forms.passkeys.PasskeySignInForm",
    "reauthenticate_webauthn": "accounts.forms.passkeys.PasskeyConfirmationForm",
}
MFA_TOTP_ISSUER = "TimeFlow"
# allauth fears that an unconfirmed address of somebody else is locked in by a second step; here it reserves nothing.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A phone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PUBLIC
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"TimeFlow <no-reply@{_public.hostname}>")

CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = False
# Children of a process keep limits of time and memory, and plan side by side; on one's own machine threads cost less.
CELERY_WORKER_POOL = "prefork" if REDIS_URL else "threads"
CELERY_WORKER_CONCURRENCY = env.int("WORKER_CONCURRENCY", default=2)
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
# Seconds; only the prefork pool keeps them. The longest of what is regular takes a fraction.
CELERY_TASK_SOFT_TIME_LIMIT, CELERY_TASK_TIME_LIMIT = 240, 300
# Asked to stop, a worker finishes what it has within these seconds and gives the rest back to the broker.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
# A child of the prefork pool makes way for a fresh one: memory that a large week took is given back (KiB).
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000
CELERY_TASK_DEFAULT_QUEUE = urgency.DEFAULT
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in urgency.QUEUES]
CELERY_TASK_ROUTES = {
    "scheduling.tasks.bring_recurring_tasks": {"queue": urgency.LATER},
    "scheduling.tasks.forget_old_plans": {"queue": urgency.LATER},
    "accounts.tasks.erase_due_accounts": {"queue": urgency.LATER},
    "accounts.tasks.drop_old_sessions": {"queue": urgency.LATER},
    "timeflow.lib.tasks.forget_old_answers": {"queue": urgency.LATER},
    "availability.tasks.roll_windows": {"queue": urgency.LATER},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# What the broker does not take at once is sent by a sweeper.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        # Longer than the longest task, or Redis hands it out a second time.
        "visibility_timeout": 900,
        # A frozen Redis takes connections and never answers. Longer than the second for which workers ask for work.
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
        # Whoever sends makes one try (timeflow.lib.queue); a worker's own patience is CELERY_BROKER_CONNECTION_*.
        "max_retries": 0,
        "connect_retries_timeout": 2,
        # See timeflow.lib.urgency.
        "queue_order_strategy": "sorted",
    }
else:
    _broker = VAR_DIR / "broker"
    # The host means nothing; without one kombu warns at every start.
    CELERY_BROKER_URL = "filesystem://localhost"
    # Without a short polling interval the file broker is thirty times slower.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.1,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat")
CELERY_BEAT_SCHEDULE = {
    "sweep-errands": {"task": "timeflow.lib.tasks.sweep_errands", "schedule": 60},
    "sweep-plan-jobs": {"task": "scheduling.tasks.sweep_jobs", "schedule": 60},
    "bring-recurring-tasks": {"task": "scheduling.tasks.bring_recurring_tasks", "schedule": 300},
    "erase-due-accounts": {"task": "accounts.tasks.erase_due_accounts", "schedule": 3600},
    "drop-old-sessions": {"task": "accounts.tasks.drop_old_sessions", "schedule": 86_400},
    "forget-old-answers": {"task": "timeflow.lib.tasks.forget_old_answers", "schedule": 86_400},
    "forget-old-plans": {"task": "scheduling.tasks.forget_old_plans", "schedule": 3600},
    "sweep-calendars": {"task": "availability.tasks.sweep_calendars", "schedule": 60},
    "stop-needless-channels": {"task": "availability.tasks.stop_channels", "schedule": 3600},
    "roll-calendar-windows": {"task": "availability.tasks.roll_windows", "schedule": 3600},
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.CookieAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.permissions.SignedIn"],
    "DEFAULT_THROTTLE_CLASSES": ["timeflow.lib.throttle.ScopeThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["timeflow.lib.http.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "timeflow.lib.http.CursorPages",
    "DEFAULT_SCHEMA_CLASS": "timeflow.lib.schema.ProblemAwareSchema",
    "EXCEPTION_HANDLER": "timeflow.lib.http.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.MultiPartRenderer",
    ],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = API_DESCRIPTION

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "timeflow.browser_assets.BrowserAssetsFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "timeflow.browser_assets.HashedStatic"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "timeflow.lib.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

CSP_REPORT_PATH = "/csp-report"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": [NONCE],
        "style-src": ["'self'", NONCE],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        # Without the provider browsers silently stop at the redirect to it.
        "form-action": ["'self'", *([GOOGLE_URL or "https://accounts.google.com"] if GOOGLE_CLIENT_ID else [])],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "report-uri": [CSP_REPORT_PATH],
        # Browsers that know this one use it alone, but send nothing to it without TLS.
        **({"report-to": ["csp"]} if IS_PUBLIC else {}),
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Browsers take a name with this prefix only over https, from this very host, for every path.
_HOST = "__Host-" if IS_PUBLIC else ""
ACCESS_COOKIE_NAME = f"{_HOST}tf_at"
REFRESH_COOKIE_NAME = f"{_HOST}tf_rt"
CSRF_COOKIE_NAME = f"{_HOST}tf_csrf"
TOAST_COOKIE_NAME = f"{_HOST}tf_toasts"
# Django's session serves allauth's flows alone (the state of a sign-in under way); nobody is signed in by it.
SESSION_COOKIE_NAME = f"{_HOST}tf_oauth"
SESSION_COOKIE_AGE = 900
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PUBLIC
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "timeflow.lib.toast_cookie.ToastCookie"
SECURE_SSL_REDIRECT = IS_PUBLIC
SECURE_HSTS_SECONDS = 63_072_000 if IS_PUBLIC else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_PUBLIC
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Every address is at the root: limits and letters go by the path that a browser really asked for.
FORCE_SCRIPT_NAME = ""

# Where processes count together; those of one machine share it.
METRICS_DIR = Path(env.str("METRICS_DIR", default=str(VAR_DIR / "metrics")))
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
if METRICS_TOKEN and len(METRICS_TOKEN) < 32:
    raise StartRefused("METRICS_TOKEN needs 32 characters or more: guesses at it are not counted.")
# Servers of others that are told of errors and of how long things take; none by default.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")
WEB_CONCURRENCY = env.int("WEB_CONCURRENCY", default=2 if REDIS_URL else 1)
# For what a process has in hand when it is asked to stop.
STOP_SECONDS = env.int("STOP_SECONDS", default=25)
# For whatever sends people here to notice that this process is not ready any more; then it stops taking requests.
DRAIN_SECONDS = env.int("DRAIN_SECONDS", default=5 if IS_PUBLIC else 0)
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if IS_PUBLIC else "lines")
if LOG_FORMAT not in ("json", "lines"):
    raise StartRefused("LOG_FORMAT is json or lines.")
LOGGING = settings_of_logs(as_json=LOG_FORMAT == "json", level=env.str("LOG_LEVEL", default="INFO"))
