import threading
import uuid
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection

from accounts.domain.callers import Caller
from accounts.errors import SignedOut
from accounts.models import ApiToken, ErasedAccount, SecurityEvent, Session, User
from accounts.services.api_tokens import create_api_token
from accounts.services.deletion import ask_deletion, erase_account, erase_due_accounts, repeat_deletions
from accounts.services.sessions import open_session
from accounts.tasks import erase_due_accounts as the_hourly_task
from accounts.tests.factories import UserFactory, give_password
from timeflow.lib import lifecycle
from timeflow.lib.lifecycle import Part
from timeflow.lib.models import Lease

NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
DUE = NOW + timedelta(days=7)
CALLER = Caller("Firefox on Linux", "203.0.113.0/24")


@pytest.fixture
def leaving(alice) -> User:
    ask_deletion(user=alice, caller=CALLER, now=NOW)
    alice.refresh_from_db()
    return alice


@pytest.fixture
def provider():
    """A part of an app whose provider can be told to be down."""
    provider = Provider()
    lifecycle.register(provider)
    yield provider
    lifecycle._parts.remove(provider)


class Provider(Part):
    def __init__(self) -> None:
        self.is_down, self.asked = True, 0

    def release(self, user_id: uuid.UUID, now: datetime) -> None:
        self.asked += 1
        assert User.objects.filter(pk=user_id).exists()
        if self.is_down:
            raise ConnectionError


def sign_in_again(user: User, now: datetime = NOW) -> None:
    open_session(user=user, caller=CALLER, method="password", now=now)


def kinds(user: User) -> list[str]:
    return list(user.security_events.order_by("at", "pk").values_list("kind", flat=True))


def test_asking_signs_the_person_out_everywhere_at_once(alice, alice_client, bob_client):
    _token, secret = create_api_token(
        user=alice, name="Backup", scope=ApiToken.Scope.READ, days=30, caller=CALLER, now=datetime.now(UTC)
    )
    program = {"Authorization": f"Bearer {secret}"}
    assert bob_client.get("/api/tasks", headers=program).status_code == 200
    ask_deletion(user=alice, caller=CALLER, now=NOW)
    assert alice_client.get("/today").status_code == 302
    assert bob_client.get("/api/tasks", headers=program).status_code == 401
    assert bob_client.get("/today").status_code == 200
    assert {session.revoked_because for session in alice.sessions.all()} == {Session.Reason.CLOSED}


def test_asking_twice_does_not_put_it_off(leaving):
    assert ask_deletion(user=leaving, caller=CALLER, now=NOW + timedelta(days=3)) == DUE
    assert kinds(leaving) == ["deletion_asked"]


def test_signing_in_takes_it_back(leaving):
    sign_in_again(leaving, NOW + timedelta(days=6))
    leaving.refresh_from_db()
    assert leaving.deletion_due_at is None
    assert sorted(kinds(leaving)) == ["deletion_asked", "deletion_undone", "signed_in"]
    assert erase_due_accounts(now=DUE) == 0
    assert leaving.sessions.filter(revoked_at=None).count() == 1


def test_a_sign_in_of_somebody_who_stays_notes_nothing_about_deletion(alice):
    sign_in_again(alice)
    assert kinds(alice) == ["signed_in"]


def test_nothing_is_erased_before_its_time_and_nobody_but_who_asked(leaving, bob):
    assert erase_due_accounts(now=DUE - timedelta(seconds=1)) == 0
    assert erase_due_accounts(now=DUE) == 1
    assert list(User.objects.all()) == [bob]
    assert erase_due_accounts(now=DUE) == 0


def test_erasing_again_or_somebody_who_stays_does_nothing(leaving, bob):
    assert erase_account(user_id=leaving.pk, now=DUE)
    assert not erase_account(user_id=leaving.pk, now=DUE)
    assert not erase_account(user_id=bob.pk, now=DUE)
    assert User.objects.filter(pk=bob.pk).exists()


def test_grants_are_given_back_before_the_rows_go(leaving, provider):
    provider.is_down = False
    assert erase_due_accounts(now=DUE) == 1
    assert provider.asked == 1


def test_a_provider_that_is_down_is_asked_for_a_day_and_then_the_account_goes_anyway(leaving, provider):
    for hour in range(24):
        assert erase_due_accounts(now=DUE + timedelta(hours=hour)) == 0
    assert provider.asked == 24
    assert erase_due_accounts(now=DUE + timedelta(days=1)) == 1
    assert not User.objects.filter(pk=leaving.pk).exists()


def test_one_account_that_fails_keeps_no_other_from_going(leaving, bob, provider):
    ask_deletion(user=bob, caller=CALLER, now=NOW - timedelta(days=2))
    assert erase_due_accounts(now=DUE) == 1
    assert list(User.objects.all()) == [leaving]


def test_the_hourly_task_erases_what_is_due(leaving):
    with time_machine.travel(DUE, tick=False):
        the_hourly_task()
    assert not User.objects.filter(pk=leaving.pk).exists()
    assert Lease.objects.filter(name="erase-due-accounts").exists()


def test_signing_in_to_an_account_that_was_just_erased_is_refused(leaving):
    erase_account(user_id=leaving.pk, now=DUE)
    with pytest.raises(SignedOut):
        sign_in_again(leaving, DUE)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_a_sign_in_at_the_very_moment_either_saves_the_account_or_is_refused(attempt):
    user = UserFactory()
    ask_deletion(user=user, caller=CALLER, now=NOW)
    start, ended = threading.Barrier(2), {}

    def run(name, deed):
        start.wait()
        try:
            ended[name] = deed()
        except SignedOut:
            ended[name] = "refused"
        finally:
            connection.close()

    deeds = {"erase": lambda: erase_account(user_id=user.pk, now=DUE), "enter": lambda: sign_in_again(user, DUE)}
    threads = [threading.Thread(target=run, args=deed) for deed in deeds.items()]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    is_there = User.objects.filter(pk=user.pk, deletion_due_at=None).exists()
    assert ended == ({"erase": False, "enter": None} if is_there else {"erase": True, "enter": "refused"})


def test_a_backup_that_is_played_back_does_not_bring_erased_people_back(leaving, bob, tmp_path):
    erase_account(user_id=leaving.pk, now=DUE)
    kept = tmp_path / "erased-accounts.txt"
    with kept.open("w") as file:
        call_command("erased_accounts", stdout=file)
    ErasedAccount.objects.all().delete()
    UserFactory(id=leaving.pk, email="alice@example.com")
    call_command("after_restore", "--erased", str(kept), stdout=StringIO())
    assert list(User.objects.all()) == [bob]
    assert ErasedAccount.objects.filter(user_id=leaving.pk).exists()
    assert repeat_deletions(user_ids=[leaving.pk], now=DUE) == 0


def test_the_page_says_what_happens_and_then_does_it(alice, alice_client, django_capture_on_commit_callbacks):
    page = alice_client.get("/settings/account").content.decode()
    assert "For 7 days" in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = alice_client.post("/settings/account/delete")
    assert "You are signed out" in answer.content.decode()
    assert alice_client.get("/settings/account").status_code == 302
    alice.refresh_from_db()
    assert alice.deletion_due_at
    (letter,) = mail.outbox
    assert letter.subject == "Your account will be deleted"
    assert "http://127.0.0.1:8000/accounts/login/" in letter.body


def test_exporting_and_deleting_need_a_fresh_sign_in(alice, alice_client):
    alice.set_password("four plain words here")
    alice.save()
    Session.objects.update(authenticated_at=NOW)
    for deed in ("export", "delete"):
        answer = alice_client.post(f"/settings/account/{deed}")
        assert answer.headers["Location"].startswith("/accounts/reauthenticate/")
    assert kinds(alice) == []
    answer = alice_client.post(answer.headers["Location"], {"password": "four plain words here"})
    assert "You are signed out" in answer.content.decode()
    assert kinds(alice) == ["deletion_asked"]


def test_what_waits_for_a_fresh_sign_in_holds_no_token(alice, alice_client):
    alice.set_password("four plain words here")
    alice.save()
    Session.objects.update(authenticated_at=NOW)
    alice_client.post("/settings/account/export")
    waiting = str(dict(alice_client.session))
    assert "/settings/account/export" in waiting
    assert alice_client.cookies[settings.ACCESS_COOKIE_NAME].value not in waiting


def test_a_token_that_is_made_while_the_account_is_closed_opens_nothing(leaving):
    with pytest.raises(SignedOut):
        create_api_token(user=leaving, name="Late", scope=ApiToken.Scope.WRITE, days=30, caller=CALLER, now=NOW)
    assert not ApiToken.objects.exists()


def test_the_export_comes_as_a_file_and_is_noted(alice, alice_client):
    answer = alice_client.post("/settings/account/export")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert kinds(alice) == [SecurityEvent.Kind.EXPORTED]


def test_whoever_returns_is_told_that_the_account_stays(charlie_client, leaving):
    give_password(leaving, "four plain words here")
    form = {"login": leaving.email, "password": "four plain words here"}
    page = charlie_client.post("/accounts/login/", form, follow=True).content.decode()
    assert "Your account stays" in page
