from datetime import UTC, datetime, timedelta
from smtplib import SMTPServerDisconnected

import pytest
from celery import current_app
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.template.loader import get_template

from accounts.domain.callers import Caller
from accounts.models import SecurityEvent, User
from accounts.services.audit import TOLD_BY_LETTER, record_event
from accounts.services.sessions import open_session
from timeflow.lib.models import Errand
from timeflow.lib.queue import run_errand, sweep_errands

Kind = SecurityEvent.Kind
NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
LAPTOP = Caller("Firefox on Linux", "203.0.113.0/24")
PHONE = Caller("Safari on iPhone", "203.0.113.0/24")


@pytest.fixture
def told(django_capture_on_commit_callbacks):
    """What is mailed once the deed is committed."""

    def tell(deed, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            deed(*args, **kwargs)
        return mail.outbox

    return tell


def sign_in(user: User, caller: Caller, days: int = 0) -> None:
    open_session(user=user, caller=caller, method="password", now=NOW + timedelta(days=days))


def test_every_kind_that_a_letter_follows_has_one():
    for kind in TOLD_BY_LETTER:
        get_template(f"accounts/letters/{kind}.txt")


def test_the_first_sign_in_and_one_from_a_known_device_bring_no_letter(alice, told):
    assert told(sign_in, alice, LAPTOP) == []
    assert told(sign_in, alice, LAPTOP, days=1) == []


@pytest.mark.parametrize("caller", [PHONE, Caller(LAPTOP.device, "198.51.100.0/24")])
def test_a_sign_in_from_another_device_or_place_brings_a_letter_once(alice, told, caller):
    told(sign_in, alice, LAPTOP)
    (letter,) = told(sign_in, alice, caller, days=1)
    assert letter.to == ["alice@example.com"]
    assert letter.subject == "A sign-in from a new device"
    assert f"From: {caller.device}, network {caller.place}" in letter.body
    assert "When: Wed 22 April 2026, 10:00 (Europe/Berlin)" in letter.body
    assert "http://127.0.0.1:8000/settings/devices" in letter.body
    assert len(told(sign_in, alice, caller, days=2)) == 1


def test_another_persons_device_is_no_known_one(alice, bob, told):
    told(sign_in, bob, PHONE)
    told(sign_in, alice, LAPTOP)
    assert len(told(sign_in, alice, PHONE, days=1)) == 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.PASSWORD_CHANGED, "The password of your account was changed"),
        (Kind.METHOD_ADDED, "one more way to sign in: Google"),
        (Kind.METHOD_REMOVED, "one way to sign in less: an authenticator app"),
        (Kind.TOKEN_CREATED, "a personal API token was made, “<b>&Co”"),
        (Kind.EXPORTED, "A copy of all that you keep in TimeFlow was downloaded"),
        (Kind.SESSION_STOLEN, "was used twice"),
    ],
)
def test_a_letter_says_what_happened(alice, told, kind, words):
    method = "totp" if kind == Kind.METHOD_REMOVED else "Google"
    facts = {"name": "<b>&Co", "method": method, "was_on": "Chrome on Mac"}
    (letter,) = told(record_event, user_id=alice.pk, kind=kind, caller=LAPTOP, now=NOW, **facts)
    assert words.lower() in letter.body.lower()
    assert "{" not in letter.subject + letter.body


def test_of_a_changed_address_the_former_one_hears_too(alice, told):
    letters = told(
        record_event, user_id=alice.pk, kind=Kind.EMAIL_CHANGED, caller=LAPTOP, now=NOW, was="former@example.com"
    )
    assert [letter.to for letter in letters] == [["alice@example.com"], ["former@example.com"]]


def test_what_is_no_reason_for_a_letter_brings_none(alice, told):
    assert told(record_event, user_id=alice.pk, kind=Kind.SIGNED_OUT, caller=LAPTOP, now=NOW) == []


def test_the_queue_is_given_ids_and_nothing_else(alice, told, no_worker):
    told(record_event, user_id=alice.pk, kind=Kind.TOKEN_CREATED, caller=LAPTOP, now=NOW, name="Backup")
    event = alice.security_events.get()
    assert Errand.objects.get().args == [str(alice.pk), str(event.pk)]


class MailServer(EmailBackend):
    is_down = True

    def send_messages(self, messages):
        if self.is_down:
            raise SMTPServerDisconnected
        return super().send_messages(messages)


def test_a_mail_server_that_is_down_stops_no_deed_and_gets_it_later(alice, told, no_worker, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.MailServer"
    assert told(record_event, user_id=alice.pk, kind=Kind.PASSWORD_CHANGED, caller=LAPTOP, now=NOW) == []
    errand = Errand.objects.get()
    with pytest.raises(SMTPServerDisconnected):
        run_errand(errand.pk, now=NOW)
    assert Errand.objects.filter(pk=errand.pk).exists()
    monkeypatch.setattr(MailServer, "is_down", False)
    current_app.conf.task_always_eager = True
    letters = told(sweep_errands, now=errand.created_at + timedelta(minutes=2))
    assert len(letters) == 1
    assert not Errand.objects.exists()
