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
