"""What an installation must not be started with."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from timeflow.lib.keys import fresh_key_set
from timeflow.lib.secrets import KEY_SETS, SECRETS, fresh_text

GOOGLE = {"GOOGLE_CLIENT_ID": "ours", "GOOGLE_CLIENT_SECRET": "our secret"}


def start(**variables: str) -> str:
    """What is said about settings in such an environment, else the ways in and the origins that forms may go to."""
    secrets = {name: fresh_key_set() if name in KEY_SETS else fresh_text() for name in SECRETS}
    origins = "s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action']"
    says = f"from timeflow import settings as s; print(s.PASSWORD_SIGN_IN, {origins})"
    environment = {"PATH": os.environ["PATH"], **secrets, **variables}
    done = subprocess.run(
        [sys.executable, "-c", says],
        env=environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout or done.stderr.strip().splitlines()[-1]).strip()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"GOOGLE_CLIENT_ID": "ours"}, "belong together"),
        ({"PASSWORD_SIGN_IN": "off"}, "nobody could sign in"),
        (
            {"PUBLIC_URL": "https://tf.example", "GOOGLE_URL": "https://evil.example", **GOOGLE},
            "no public installation",
        ),
    ],
)
def test_ways_to_sign_in_that_cannot_work_are_refused(variables, words):
    assert words in start(**variables)


def test_passwords_give_way_to_google_unless_both_are_wanted():
    assert start() == "True [\"'self'\"]"
    assert start(**GOOGLE) == "False [\"'self'\", 'https://accounts.google.com']"
    assert start(**GOOGLE, PASSWORD_SIGN_IN="on").startswith("True")
    assert start(**GOOGLE, GOOGLE_URL="http://127.0.0.1:9").endswith("'http://127.0.0.1:9']")


COMMANDS = {
    "web": ["gunicorn", "timeflow.wsgi", "--bind", "127.0.0.1:0", "--workers", "1"],
    "worker": ["celery", "--quiet", "-A", "timeflow", "worker", "-P", "solo"],
    "beat": ["celery", "--quiet", "-A", "timeflow", "beat", "--pidfile", ""],
}


def ended(process: str, **variables: str) -> tuple[int, list[str]]:
    """How a process that must not start ends, and what it says about the reason."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", *COMMANDS[process]],
        env={**os.environ, "LOG_FORMAT": "lines", **variables},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, [line for line in done.stderr.splitlines() if line]


@pytest.mark.parametrize("process", COMMANDS)
def test_no_process_starts_with_a_database_url_that_cannot_be_read_and_each_says_one_sentence(process):
    code, lines = ended(process, DATABASE_URL="postgres://tf:hush/hush@db.example/tf")
    assert code == 1
    (sentence,) = lines
    assert sentence.startswith("DATABASE_URL cannot be read. Write ")
    assert "hush" not in sentence


@pytest.mark.parametrize("process", COMMANDS)
def test_no_process_starts_with_debugging_in_public(process):
    code, lines = ended(process, DEBUG="on", ALLOWED_HOSTS="tf.example")
    assert code in (1, 4)
    assert len([line for line in lines if line.endswith("Unset DEBUG.")]) == 1


def test_a_file_and_a_number_that_cannot_be_read_are_told_by_the_name_of_the_variable():
    assert start(DATABASE_URL_FILE="/nowhere") == "The file that DATABASE_URL_FILE names cannot be read."
    assert start(DRAIN_SECONDS="soon") == "DRAIN_SECONDS is not a whole number."
