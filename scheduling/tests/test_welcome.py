import pytest

from scheduling.tests.factories import TaskFactory


def test_the_guide_begins_with_the_first_step_that_is_not_done(alice, alice_client):
    page = alice_client.get("/welcome").content.decode()
    assert page.count('aria-current="step"') == 1
    first = page.index('aria-current="step"')
    assert first < page.index("Say when you work") < page.index("Bring your calendar")


def test_a_task_ticks_off_its_step(alice, alice_client):
    before = alice_client.get("/welcome").content.decode().count("is-done")
    TaskFactory(user=alice)
    assert alice_client.get("/welcome").content.decode().count("is-done") == before + 1


def test_another_persons_tasks_tick_nothing_off(alice, bob_client):
    before = bob_client.get("/welcome").content.decode().count("is-done")
    TaskFactory(user=alice)
    assert bob_client.get("/welcome").content.decode().count("is-done") == before


def test_leaving_the_guide_is_remembered(alice, alice_client):
    assert "First steps" in alice_client.get("/settings").content.decode()
    assert alice_client.post("/welcome/leave").headers["Location"] == "/today"
    alice.refresh_from_db()
    assert alice.welcomed_at is not None
    assert "First steps" not in alice_client.get("/settings").content.decode()


@pytest.mark.parametrize("address", ["/welcome", "/welcome/leave"])
def test_the_guide_is_for_people_with_an_account(charlie_client, address):
    assert charlie_client.post(address).headers["Location"].startswith("/accounts/login/")


def test_leaving_needs_a_post(alice_client):
    assert alice_client.get("/welcome/leave").status_code == 405
