PROFILE = {"name": "Alice Weber", "time_zone": "Asia/Tokyo", "clock": "12", "week_start": "6"}


def test_the_profile_shows_what_is_set(alice_client):
    page = alice_client.get("/settings").content.decode()
    assert 'value="Alice"' in page
    assert 'value="Europe/Berlin"' in page
    assert '<option value="America/New_York">' in page


def test_saving_the_profile_changes_it_and_says_so(alice, alice_client):
    page = alice_client.post("/settings", PROFILE, follow=True).content.decode()
    alice.refresh_from_db()
    assert (alice.name, alice.time_zone, alice.clock, alice.week_start) == ("Alice Weber", "Asia/Tokyo", "12", 6)
    assert "Your profile is saved." in page


def test_a_refused_profile_keeps_what_was_typed_and_names_the_field(alice, alice_client):
    page = alice_client.post("/settings", {**PROFILE, "time_zone": "Tokio"}).content.decode()
    assert 'value="Tokio"' in page
    assert "That is not a time zone. Pick one such as Europe/Berlin." in page
    assert 'aria-describedby="id_time_zone_helptext id_time_zone_error"' in page
    alice.refresh_from_db()
    assert alice.time_zone == "Europe/Berlin"


def test_a_refused_name_does_not_appear_in_the_frame(alice_client):
    page = alice_client.post("/settings", {**PROFILE, "name": "Somebody Else", "clock": "13"}).content.decode()
    assert '<span class="clip">Alice</span>' in page


def test_settings_are_behind_the_login_wall(charlie_client):
    for address in ("/settings", "/settings/travel"):
        assert charlie_client.get(address).headers["Location"] == f"/accounts/login/?next={address}"
