"""What the next page shall say is said to whom it was meant for."""

from accounts.tests.signing_in import sign_in

FORM = {"name": "Alice", "time_zone": "UTC", "clock": "24", "week_start": 0}
SAVED = "Your profile is saved."


def test_a_toast_that_nobody_saw_yet_is_on_the_persons_next_page(alice_client):
    assert alice_client.post("/settings", FORM).status_code == 302
    assert SAVED in alice_client.get("/settings").content.decode()


def test_whoever_uses_the_browser_next_does_not_read_it(alice_client, bob):
    alice_client.post("/settings", FORM)
    sign_in(alice_client, bob)
    page = alice_client.get("/settings").content.decode()
    assert "bob@example.com" in page
    assert SAVED not in page


def test_neither_does_somebody_who_is_not_signed_in(alice_client, settings):
    alice_client.post("/settings", FORM)
    del alice_client.cookies[settings.ACCESS_COOKIE_NAME]
    assert SAVED not in alice_client.get("/accounts/login/").content.decode()


def test_what_is_said_about_being_signed_out_is_read_before_signing_in(charlie_client):
    charlie_client.post("/settings", FORM)
    assert "You were signed out, so nothing was changed." in charlie_client.get("/accounts/login/").content.decode()
