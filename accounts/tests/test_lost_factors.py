"""Whoever lost their second step gets in again by an operator's hand, and its owner hears of it."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command

from accounts.models import SecurityEvent
from accounts.tests.factories import give_password
from accounts.tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
APP, CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


def has_factors(user):
    for kind in (APP, CODES):
        Authenticator.objects.create(user=user, type=kind, data={})


def test_an_operator_removes_what_was_lost_and_every_session_ends(alice, bob, client, capsys):
    give_password(alice, "four plain words here")
    has_factors(alice)
    has_factors(bob)
    session = sign_in(client, alice)
    call_command("remove_second_factors", "--email", alice.email)
    assert capsys.readouterr().out == "Removed: recovery_codes, totp.\n"
    assert set(Authenticator.objects.values_list("user", flat=True)) == {bob.pk}
    events = SecurityEvent.objects.filter(user=alice, kind="method_removed")
    assert {event.facts["method"] for event in events} == {APP, CODES}
    session.refresh_from_db()
    assert session.revoked_at is not None


def test_an_account_that_nothing_else_opens_keeps_its_factors(alice):
    has_factors(alice)
    with pytest.raises(CommandError):
        call_command("remove_second_factors", "--email", alice.email)
    assert Authenticator.objects.filter(user=alice).count() == 2
    assert not SecurityEvent.objects.filter(user=alice, kind="method_removed").exists()


def test_nothing_to_remove_and_nobody_are_said_in_words(alice, capsys):
    call_command("remove_second_factors", "--email", alice.email)
    assert capsys.readouterr().out == "There was nothing to remove.\n"
    with pytest.raises(CommandError, match="Nobody here has the address"):
        call_command("remove_second_factors", "--email", "nobody@example.com")
