"""The five secrets: made on one's own machine, demanded of a public installation."""

import io
import os
import subprocess
import sys
from pathlib import Path

import environ
import pytest
from django.conf import settings
from django.core.management import call_command

from timeflow.lib.keys import parse_key_set
from timeflow.lib.secrets import KEY_SETS, SECRETS, TEXT_SECRETS, SecretMissing, SecretRefused, Vault

PUBLIC = {"PUBLIC_URL": "https://timeflow.example"}


def made(*options: str) -> dict[str, str]:
    out = io.StringIO()
    call_command("make_keys", *options, stdout=out)
    return dict(line.split("=", 1) for line in out.getvalue().splitlines())


def public(environment: dict[str, str], folder: Path = Path("/nowhere")) -> Vault:
    return Vault(environ.FileAwareEnv.ENVIRON.__class__(environment), folder, is_public=True)


def read_all(vault: Vault) -> None:
    for name in SECRETS:
        vault.key_set(name) if name in KEY_SETS else vault.text(name)


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {*SECRETS, "DJANGO_ALLOW_ASYNC_UNSAFE"}
    kept = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in ours}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_make_keys_prints_starts_a_public_installation():
    printed = manage("make_keys", **PUBLIC)
    assert printed.stderr == ""
    environment = dict(line.split("=", 1) for line in printed.stdout.splitlines())
    assert set(environment) == set(SECRETS)
    checked = manage("check", "--deploy", "--fail-level", "WARNING", **PUBLIC, **environment)
    assert checked.returncode == 0, checked.stderr


def test_a_public_installation_without_secrets_says_so_in_one_sentence():
    refused = manage("check", **PUBLIC)
    assert refused.returncode == 1
    assert refused.stderr.startswith("SECRET_KEY is not set.")
    assert len(refused.stderr.splitlines()) == 1


def test_a_malformed_key_stops_the_start_without_showing_it():
    refused = manage("check", FIELD_KEYS="a-key-somebody-mistyped")
    assert refused.returncode == 1
    assert "FIELD_KEYS" in refused.stderr
    assert "mistyped" not in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", SECRETS)
def test_a_public_installation_needs_each_secret(name):
    with pytest.raises(SecretMissing, match=name):
        read_all(public({**made(), name: ""}))


@pytest.mark.parametrize("name", TEXT_SECRETS)
@pytest.mark.parametrize("weak", ["short-But-w1ld", "abcd" * 30])
def test_a_weak_secret_is_refused(name, weak):
    with pytest.raises(SecretRefused, match=f"{name} is too weak") as refused:
        read_all(public({**made(), name: weak}))
    assert weak not in str(refused.value)


@pytest.mark.parametrize(
    ("one", "other"), [("SECRET_KEY", "GUEST_KEY"), ("GUEST_KEY", "CACHE_KEY"), ("JWT_KEYS", "FIELD_KEYS")]
)
def test_one_value_for_two_secrets_is_refused(one, other):
    environment = made()
    with pytest.raises(SecretRefused, match=f"{other} and {one} share a value"):
        read_all(public({**environment, other: environment[one]}))


def test_a_key_of_one_set_is_refused_in_another_place():
    environment = made()
    key = environment["FIELD_KEYS"].split("=", 1)[1]
    with pytest.raises(SecretRefused, match="share a value"):
        read_all(public({**environment, "JWT_KEYS": f"{environment['JWT_KEYS']},old={key}"}))
    with pytest.raises(SecretRefused, match="share a value"):
        read_all(public({**environment, "CACHE_KEY": key}))


def test_a_secret_may_come_as_a_file(tmp_path):
    environment = made()
    (tmp_path / "keys").write_text(environment.pop("FIELD_KEYS") + "\n")
    keys = public({**environment, "FIELD_KEYS_FILE": str(tmp_path / "keys")}).key_set("FIELD_KEYS")
    assert len(keys.ids) == 1


def test_a_file_that_is_not_there_is_named_by_its_variable():
    with pytest.raises(SecretRefused, match="The file that FIELD_KEYS_FILE names cannot be read"):
        public({"FIELD_KEYS_FILE": "/nowhere/keys"}).key_set("FIELD_KEYS")


def test_on_ones_own_machine_secrets_are_made_once_and_for_their_owner_only(tmp_path):
    first, second = (Vault({}, tmp_path, is_public=False) for _ in range(2))
    assert first.text("GUEST_KEY") == second.text("GUEST_KEY")
    assert first.key_set("JWT_KEYS").written() == second.key_set("JWT_KEYS").written()
    assert (tmp_path / "secrets" / "JWT_KEYS").stat().st_mode & 0o077 == 0


def test_make_keys_prints_one_secret_if_asked():
    assert set(made("--only", "FIELD_KEYS")) == {"FIELD_KEYS"}


def test_rotating_puts_a_fresh_key_before_those_in_use():
    rotated = parse_key_set("FIELD_KEYS", made("--rotate", "FIELD_KEYS")["FIELD_KEYS"])
    assert rotated.ids[1:] == settings.FIELD_KEYS.ids


class KeyService:
    """A provider as an installation would bring along."""

    primary = "service-1"

    def get(self, kid: str) -> bytes | None:
        return bytes(range(32)) if kid == self.primary else None


def test_a_key_service_takes_the_place_of_the_field_keys():
    named = {"FIELD_KEY_PROVIDER": f"{KeyService.__module__}.{KeyService.__name__}"}
    environment = {**PUBLIC, **made(), **named}
    del environment["FIELD_KEYS"]
    assert manage("check", **environment).returncode == 0
    refused = manage("make_keys", "--rotate", "FIELD_KEYS", **environment)
    assert refused.returncode == 1
    assert "comes from KeyService; rotate it there" in refused.stderr
