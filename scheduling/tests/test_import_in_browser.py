"""Bringing files as a person does it, in a real browser."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from availability.tests.domain.calendar_files import HERE
from scheduling.models import Task
from scheduling.tests.test_task_import import PLAIN
from timeflow.tests.browser import DESK, PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHOIR = HERE / "calendars" / "exceptions.ics"


def look(page: Page, name: str) -> None:
    """Keep a picture where TIMEFLOW_SHOTS names a folder."""
    if folder := os.environ.get("TIMEFLOW_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def import_page(alice_page: Page, live_server) -> Page:
    alice_page.goto(f"{live_server.url}/settings/import")
    return alice_page


def test_a_calendar_is_chosen_and_comes_in(import_page: Page):
    import_page.get_by_role("button", name="Calendar file").set_input_files(CHOIR)
    import_page.get_by_role("button", name="Import the calendar").click()
    expect(import_page.get_by_role("status").first).to_contain_text("2 events with ")
    look(import_page, "import-done")


def test_tasks_come_in_and_one_press_takes_them_out(import_page: Page):
    file = {"name": "tasks.csv", "mimeType": "text/csv", "buffer": PLAIN}
    import_page.get_by_role("button", name="Task file").set_input_files(file)
    import_page.get_by_role("button", name="Import the tasks").click()
    expect(import_page.get_by_text("Imported 2 tasks.")).to_be_visible()
    assert Task.objects.count() == 2
    import_page.get_by_role("button", name="Undo").click()
    expect(import_page.get_by_text("Imported 2 tasks.")).not_to_be_visible()
    assert not Task.objects.exists()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_wrong_is_a_table_that_anyone_can_read(import_page: Page, scheme):
    import_page.emulate_media(color_scheme=scheme)
    look(import_page, f"import-{scheme}")
    rows = b"".join(b"Write chapter %d,soon,fri 17:00\n" % number for number in range(30))
    file = {"name": "tasks.csv", "mimeType": "text/csv", "buffer": b"title,minutes,due\n" + rows}
    import_page.get_by_role("button", name="Task file").set_input_files(file)
    import_page.get_by_role("button", name="Import the tasks").click()
    expect(import_page.get_by_role("alert")).to_contain_text("Nothing was imported.")
    expect(import_page.get_by_role("row").nth(1)).to_contain_text("“soon” is no length")
    import_page.get_by_text("What a table of your own looks like").click()
    assert serious_barriers(import_page) == []
    look(import_page, f"import-problems-{scheme}")
    import_page.set_viewport_size(PHONE)
    assert import_page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    look(import_page, f"import-problems-phone-{scheme}")
    import_page.set_viewport_size(DESK)
