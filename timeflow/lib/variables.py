"""Every environment variable that TimeFlow reads, in words: docs/SETTINGS.md is printed from this table.

timeflow.settings says what becomes of each. A test fails for a variable that is read and not declared here, for a
default that is another one there, and for a page that says anything else.
"""

from typing import NamedTuple


class Variable(NamedTuple):
    """`default` is what holds without it. An `example` is a value that one could really write."""

    name: str
    default: str
    meaning: str
    example: str = ""


LOCAL_SECRET = "made in `secrets/` of `DATA_DIR`"  # noqa: S105  # where it lies
GROUPS: dict[str, list[Variable]] = {
    "Where it is": [
        Variable(
            "PUBLIC_URL",
            "`http://127.0.0.1:$PORT`",
            "where people reach TimeFlow; https makes it a public installation: secure cookies, HSTS, "
            "redirects, and no secret that TimeFlow makes for itself",
            "https://time.example",
        ),
        Variable(
            "ALLOWED_HOSTS",
            "the host of `PUBLIC_URL`",
            "comma-separated host names that are answered",
            "time.example,www.time.example",
        ),
        Variable(
            "PORT",
            "8000",
            "where the web process listens",
        ),
        Variable(
            "LISTEN_ON",
            "127.0.0.1",
            "on which address it does; 0.0.0.0 in the image. `script/run` always on 127.0.0.1",
            "10.0.0.5",
        ),
        Variable(
            "DATA_DIR",
            "`var/`",
            "the folder where everything lies that TimeFlow writes; `/data` in the image. Nothing else is "
            "written, but short-lived files in `/tmp` and `/dev/shm`",
            "/var/lib/timeflow",
        ),
    ],
    "Behind a proxy": [
        Variable(
            "BEHIND_TLS_PROXY",
            "off, on in the image",
            "on: the proxy in front sets `X-Forwarded-Proto`, and always replaces what a client sends in it",
        ),
        Variable(
            "TRUSTED_PROXIES",
            "none",
            "comma-separated networks whose word in `X-Forwarded-For` is taken for where a request came "
            "from, and in `X-Request-ID` for its id",
            "127.0.0.1,10.0.0.0/8",
        ),
    ],
    "Secrets": [
        Variable(
            "SECRET_KEY",
            LOCAL_SECRET,
            "signs forms and links; 50 characters or more",
        ),
        Variable(
            "JWT_KEYS",
            LOCAL_SECRET,
            "the keys that sign people's sessions: `<id>=<32 bytes in base64url>`, comma-separated; the "
            "first signs, all verify",
        ),
        Variable(
            "FIELD_KEYS",
            LOCAL_SECRET,
            "the keys that seal what is secret in the database, written in the same way; the first seals, all open",
        ),
        Variable(
            "FIELD_KEY_PROVIDER",
            "`FIELD_KEYS` is used",
            "dotted name of a class that fetches those keys from a key service instead",
        ),
        Variable(
            "GUEST_KEY",
            LOCAL_SECRET,
            "for the links of guests, which nothing makes yet; 32 characters or more",
        ),
        Variable(
            "CACHE_KEY",
            LOCAL_SECRET,
            "digests what cache entries are named after, such as the address that a password was tried "
            "for; 32 characters or more",
        ),
        Variable(
            "SELF_CONTAINED",
            "off, on in the image",
            "on: a public installation without Redis makes the secrets that it is not given, in "
            "`DATA_DIR`, which all its processes share",
        ),
        Variable(
            "BACKUP_PASSPHRASE",
            "asked for",
            "what `backup --with-keys` seals field keys under, and `restore --show-keys` opens them with; "
            "12 characters or more",
        ),
    ],
    "Database and queue": [
        Variable(
            "DATABASE_URL",
            "SQLite in `DATA_DIR`",
            "where the database is; where there is a pool, by way of it",
            "postgres://timeflow:password@127.0.0.1:6432/timeflow",
        ),
        Variable(
            "DATABASE_DIRECT_URL",
            "`DATABASE_URL`",
            "the same database past the pool: for `migrate`, for backups and for tests",
            "postgres://timeflow:password@127.0.0.1:5432/timeflow",
        ),
        Variable(
            "REDIS_URL",
            "files in `broker/` of `DATA_DIR`, memory cache",
            "queue and cache",
            "redis://127.0.0.1:6379/0",
        ),
    ],
    "Processes": [
        Variable(
            "WEB_CONCURRENCY",
            "2 with Redis, else 1",
            "how many processes serve, each with 8 threads",
        ),
        Variable(
            "WORKER_CONCURRENCY",
            "2",
            "how many tasks a worker does at a time: in processes with Redis, else in threads",
        ),
        Variable(
            "DRAIN_SECONDS",
            "5 in a public installation, else 0",
            "how long a web process that was asked to stop goes on serving while `/readyz` says so; less "
            "than `STOP_SECONDS`",
        ),
        Variable(
            "STOP_SECONDS",
            "25; 5 under `script/run`",
            "how long requests that a web process has in hand may take when it is asked to stop",
        ),
    ],
    "Signing in": [
        Variable(
            "PASSWORD_SIGN_IN",
            "on without Google, off with it",
            "whether people may sign up and in by e-mail and password",
        ),
        Variable(
            "GOOGLE_CLIENT_ID",
            "nobody signs in with Google",
            "from Google Cloud's credentials page, for a web application; allow `PUBLIC_URL` + "
            "`/accounts/google/login/callback/` and `/settings/connections/google/answer` there, and turn "
            "“Session age claims” on, by which Google says when somebody signed in to it",
        ),
        Variable(
            "GOOGLE_CLIENT_SECRET",
            "nobody signs in with Google",
            "belongs to it",
        ),
        Variable(
            "GOOGLE_URL",
            "Google itself",
            "the origin of a stand-in for Google, in development (`script/run --fake-google` sets it); refused in a "
            "public installation",
        ),
        Variable(
            "GOOGLE_CALLS_PER_MINUTE",
            "10000",
            "what Google grants to the project in a minute (Cloud console, Quotas), at least 10; nine tenths are used",
        ),
        Variable(
            "GOOGLE_CALLS_PER_MINUTE_AND_USER",
            "600",
            "the same for one person's account",
        ),
        Variable(
            "GOOGLE_CALLS_PER_DAY",
            "1000000",
            "the same for the project in a day",
        ),
        Variable(
            "ADMIN_PATH",
            "no back office",
            "where staff find it; they need a second factor, and see no title, note or name of anything",
            "back-office",
        ),
    ],
    "Letters and calendars": [
        Variable(
            "EMAIL_URL",
            "letters are printed (`consolemail://`)",
            "the mail server",
            "smtp+tls://user:password@mail.example:587",
        ),
        Variable(
            "EMAIL_FROM",
            "`TimeFlow <no-reply@host>`",
            "the sender of letters",
            "TimeFlow <timeflow@time.example>",
        ),
        Variable(
            "PRIVATE_HOSTS",
            "none",
            "comma-separated hosts and networks that people's calendars may be fetched from although they "
            "are not public, or at another port than 80, 443 and 8443; a named host is trusted wherever "
            "its name leads; a calendar's password is sent without encryption only to these",
            "caldav.lan,10.0.0.0/8,caldav.lan:5232,[fd00::1]:5232",
        ),
    ],
    "Log, metrics, errors": [
        Variable(
            "LOG_LEVEL",
            "`INFO`; `WARNING` under `script/run`",
            "the least level that is logged",
        ),
        Variable(
            "LOG_FORMAT",
            "`json` in a public installation, else `lines`",
            "how the log is written: `json` for machines, `lines` for a terminal, where a traceback also "
            "shows the words of an error",
        ),
        Variable(
            "METRICS_TOKEN",
            "no `/metrics`",
            "who shows it as a bearer token may read the metrics; 32 characters or more",
        ),
        Variable(
            "METRICS_DIR",
            "`metrics/` of `DATA_DIR`",
            "the folder in which the processes of one machine count together; containers of one machine "
            "share it as a volume",
        ),
        Variable(
            "SENTRY_DSN",
            "no errors are told",
            "a project at Sentry that is told of errors",
        ),
        Variable(
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "no traces are told",
            "a collector that is told of traces over HTTP",
            "http://collector:4318",
        ),
        Variable(
            "DEBUG",
            "off",
            "Django's error pages; never in a public installation",
        ),
    ],
}
VARIABLES = {variable.name: variable for group in GROUPS.values() for variable in group}
INTRODUCTION = """\
# Settings

Every environment variable that TimeFlow reads. None is needed on one's own machine. A public installation needs
`PUBLIC_URL` with https, and five secrets, which differ from each other and are the same in every process; it does not
start without them ([KEYS.md](KEYS.md)). How an installation is put together: [DEPLOYMENT.md](DEPLOYMENT.md).

Each can be given as a file instead: `SECRET_KEY_FILE=/run/secrets/secret_key` and so on. On and off are `on` and `off`.

The table is `timeflow/lib/variables.py`; `python manage.py settings_page > docs/SETTINGS.md` prints it anew.
"""


def page() -> str:
    """What docs/SETTINGS.md says."""
    return "\n".join([INTRODUCTION, *(_section(title, group) for title, group in GROUPS.items())])


def _section(title: str, group: list[Variable]) -> str:
    rows = [f"| `{one.name}` | {one.default} | {one.meaning} | {_as_code(one.example)} |" for one in group]
    return "\n".join(
        [f"## {title}", "", "| variable | without it | meaning | example |", "|---|---|---|---|", *rows, ""]
    )


def _as_code(value: str) -> str:
    return f"`{value}`" if value else ""
