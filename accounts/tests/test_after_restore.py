"""A backup that is played back brings nobody in again, and no one back."""

import io
import uuid

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Connection, Session, User
from accounts.tests.test_connections import grant

pytestmark = pytest.mark.django_db


def restore(*options: str) -> str:
    out = io.StringIO()
    call_command("after_restore", *options, stdout=out)
    return out.getvalue()


def test_everybody_signs_in_again(alice_client):
    assert alice_client.get("/settings").status_code == 200
    assert "1 sessions ended" in restore()
    assert Session.objects.get().revoked_because == Session.Reason.RESTORED
    assert alice_client.get("/settings").status_code != 200
    assert "0 sessions ended" in restore()


def test_who_was_erased_since_is_erased_again(alice, bob, tmp_path):
    grant(alice)
    # As `erased_accounts` prints it: the id first.
    (tmp_path / "erased").write_text(f"{alice.pk} 2026-04-20T08:00:00Z\n{uuid.uuid4()}\n\n")
    assert "1 of 2 erased accounts were there again" in restore("--erased", str(tmp_path / "erased"))
    assert list(User.objects.all()) == [bob]
    assert not Connection.objects.exists()
    assert "0 of 2" in restore("--erased", str(tmp_path / "erased"))


def test_a_list_with_something_else_in_it_changes_nothing(alice, tmp_path):
    (tmp_path / "erased").write_text(f"{alice.pk}\nalice@example.com\n")
    with pytest.raises(CommandError, match="alice@example"):
        restore("--erased", str(tmp_path / "erased"))
    assert User.objects.filter(pk=alice.pk).exists()
