"""Tasks and habits in a real browser, by keyboard where there is one."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.tests.signing_in import cookies_of
from availability.models import WorkingHours
from scheduling.models import HabitCheck, Task
from scheduling.tests.factories import ChecklistItemFactory, HabitCheckFactory, HabitFactory, LabelFactory, TaskFactory
from timeflow.tests.browser import DESK, PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def tasks(alice) -> list[Task]:
    for weekday in range(7):
        WorkingHours.objects.create(user=alice, weekday=weekday, start_minute=0, end_minute=1440)
    label = LabelFactory(user=alice, name="thesis")
    names = ("Read", "Write", "Send")
    found = [TaskFactory(user=alice, title=name, labels=[label], priority=1) for name in names]
    found[1].predecessors.add(found[0])
    ChecklistItemFactory(task=found[0], text="Chapter one")
    TaskFactory(user=alice, title="Old", completed_at=timezone.now())
    return found


@pytest.fixture
def tasks_page(alice_page: Page, live_server, tasks) -> Page:
    alice_page.goto(f"{live_server.url}/tasks")
    return alice_page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_work_have_no_barriers_and_fit_a_phone(alice_page: Page, live_server, tasks, alice, scheme):
    alice_page.emulate_media(color_scheme=scheme)
    habit = HabitFactory(user=alice)
    HabitCheckFactory(habit=habit, on=timezone.now().date())
    HabitFactory(user=alice, is_active=False)
    task = f"/tasks/{tasks[0].pk}"
    for path in (
        "/tasks",
        "/tasks?state=done",
        "/tasks?q=x",
        task,
        "/habits",
        "/habits/new",
        "/settings/planning",
        "/tasks/labels",
    ):
        alice_page.goto(f"{live_server.url}{path}")
        assert (path, serious_barriers(alice_page)) == (path, [])
        alice_page.set_viewport_size(PHONE)
        assert (path, alice_page.evaluate("document.documentElement.scrollWidth")) == (path, PHONE["width"])
        assert (path, serious_barriers(alice_page)) == (path, [])
        alice_page.set_viewport_size(DESK)


def test_a_task_is_typed_understood_added_and_taken_back_by_keyboard(tasks_page: Page):
    tasks_page.keyboard.press("n")
    tasks_page.keyboard.type("report 2h !1 #board")
    expect(tasks_page.locator("#understood .chip")).to_have_text(["2 h", "urgent", "#board"])
    expect(tasks_page.locator("#understood")).to_contain_text("report fits")
    tasks_page.keyboard.press("Enter")
    expect(tasks_page.get_by_role("link", name="report", exact=True)).to_be_visible()
    expect(tasks_page.locator("#quick-text")).to_have_value("")
    expect(tasks_page.locator("#quick-text")).to_be_focused()
    tasks_page.keyboard.press("Escape")
    tasks_page.locator("#quick-text").blur()
    tasks_page.keyboard.press("u")
    expect(tasks_page.get_by_role("link", name="report", exact=True)).to_have_count(0)


def test_ctrl_enter_adds_and_plans_at_once(tasks_page: Page):
    tasks_page.locator("#quick-text").fill("report 2h")
    tasks_page.keyboard.press("Control+Enter")
    expect(tasks_page.locator("[data-toast]")).to_contain_text("Added report · 1 block planned")
    assert Task.objects.get(title="report").blocks.count() == 1


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_blank_line_is_answered_by_a_hint_and_nothing_else(tasks_page: Page, blank):
    sent = []
    tasks_page.on("request", lambda request: sent.append(request.method))
    tasks_page.locator("#quick-text").fill(blank)
    for key in ("Enter", "Control+Enter"):
        tasks_page.keyboard.press(key)
        expect(tasks_page.locator("#understood")).to_have_text("Type what there is to do, then press Enter.")
    assert "POST" not in sent


def test_a_line_that_is_refused_stays_and_says_why_without_a_noise(tasks_page: Page):
    line = tasks_page.locator("#quick-text")
    line.fill("report 0m")
    expect(tasks_page.locator("#understood")).to_have_text("A task takes at least 1 minute.")
    tasks_page.keyboard.press("Enter")
    expect(tasks_page.locator("[data-toast]")).to_have_text("A task takes at least 1 minute.")
    expect(line).to_have_value("report 0m")


def test_adding_and_planning_what_does_not_fit_says_why(tasks_page: Page):
    WorkingHours.objects.update(start_minute=540, end_minute=600)
    tasks_page.locator("#quick-text").fill("report 100h")
    expect(tasks_page.locator(".understood-price")).to_contain_text("report does not fit: ")
    tasks_page.keyboard.press("Control+Enter")
    expect(tasks_page.locator("[data-toast]")).to_contain_text("Added report. It does not fit: ")


def test_without_script_a_task_is_added_on_a_phone(browser, alice_client, alice, live_server):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE)
    context.add_cookies(cookies_of(alice_client, live_server.url))
    page = context.new_page()
    page.goto(f"{live_server.url}/tasks")
    page.locator("#quick-text").fill("report 2h")
    add = page.get_by_role("button", name="Add", exact=True)
    expect(add).to_be_in_viewport(ratio=1)
    add.click()
    expect(page.get_by_role("link", name="report", exact=True)).to_be_visible()
    expect(page.get_by_text("Added report")).to_be_visible()
    pick, tick = (page.locator(f".task {part}").first.bounding_box() for part in (".pick", ".tick"))
    assert pick["x"] + pick["width"] <= tick["x"]
    context.close()


def test_rows_are_reached_ticked_and_taken_back_by_keyboard(tasks_page: Page, tasks):
    tasks_page.keyboard.press("j")
    tasks_page.keyboard.press("j")
    expect(tasks_page.locator(f"#row-{tasks[1].pk}")).to_be_focused()
    tasks_page.keyboard.press("x")
    expect(tasks_page.locator("[data-toast]")).to_contain_text("Finished Write")
    expect(tasks_page.locator(f"#row-{tasks[1].pk}")).to_have_count(0)
    # The next row takes the place, so that one can go on.
    expect(tasks_page.locator(f"#row-{tasks[2].pk}")).to_be_focused()
    tasks_page.keyboard.press("u")
    expect(tasks_page.locator(f"#row-{tasks[1].pk}")).to_be_visible()


def test_the_sheet_opens_saves_and_closes_by_keyboard_with_its_own_address(tasks_page: Page, tasks, live_server):
    tasks_page.keyboard.press("j")
    tasks_page.keyboard.press("e")
    tasks_page.wait_for_url(f"**/tasks/{tasks[0].pk}")
    sheet = tasks_page.locator("#sheet")
    expect(sheet).to_be_focused()
    assert serious_barriers(tasks_page) == []
    sheet.get_by_label("Minutes").fill("90")
    expect(sheet.locator("#task-price")).not_to_be_empty()
    tasks_page.keyboard.press("Control+Enter")
    expect(tasks_page.locator(f"#row-{tasks[0].pk}")).to_contain_text("1 h 30")
    expect(tasks_page.locator("[data-toast]")).to_contain_text("Changed Read")
    sheet.get_by_label("New step").fill("Chapter two")
    tasks_page.keyboard.press("Enter")
    expect(sheet.get_by_role("button", name="Chapter two", exact=True)).to_be_visible()
    sheet.get_by_role("button", name="Chapter one", exact=True).click()
    expect(sheet.get_by_role("button", name="Chapter one", exact=True)).to_have_attribute("aria-pressed", "true")
    tasks_page.keyboard.press("Escape")
    expect(sheet).to_be_empty()
    tasks_page.wait_for_url("**/tasks")
    expect(tasks_page.locator(f"#open-{tasks[0].pk}")).to_be_focused()
    tasks_page.go_back()
    expect(tasks_page.get_by_role("heading", name="Read")).to_be_visible()


def test_deleting_from_the_sheet_closes_it_and_can_be_taken_back(tasks_page: Page, tasks):
    tasks_page.get_by_role("link", name="Read").click()
    tasks_page.get_by_role("button", name="Delete Read").click()
    expect(tasks_page.locator("#sheet")).to_be_empty()
    expect(tasks_page.locator(f"#row-{tasks[0].pk}")).to_have_count(0)
    tasks_page.get_by_role("button", name="Undo").click()
    expect(tasks_page.locator(f"#row-{tasks[0].pk}")).to_be_visible()
    assert tasks[0].checklist.count() == 1


def test_a_wrong_sheet_shows_the_reason_and_keeps_what_was_typed(tasks_page: Page, tasks):
    tasks_page.get_by_role("link", name="Read").click()
    sheet = tasks_page.locator("#sheet")
    sheet.get_by_label("Minutes").fill("0")
    sheet.get_by_label("Notes").fill("Typed")
    sheet.get_by_role("button", name="Save").click()
    expect(sheet.locator(".errorlist")).to_be_visible()
    expect(sheet.get_by_label("Notes")).to_have_value("Typed")
    sheet.get_by_label("New step").fill("   ")
    tasks_page.keyboard.press("Enter")
    expect(tasks_page.locator("[data-toast]")).to_have_text("Write what the step is.")


def test_several_rows_are_chosen_and_changed_by_keyboard(tasks_page: Page):
    bar = tasks_page.locator("#bulk")
    expect(bar).to_be_hidden()
    for _ in range(2):
        tasks_page.keyboard.press("j")
        tasks_page.keyboard.press("s")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_text("Priority").click()
    bar.get_by_role("button", name="Low").click()
    expect(tasks_page.locator("[data-toast]")).to_contain_text("Changed the priority of 2 tasks")
    expect(bar).to_be_hidden()
    assert Task.objects.filter(priority=3).count() == 2


def test_filters_show_at_once_and_stand_in_the_address(tasks_page: Page):
    tasks_page.locator(".filters [type=search]").fill("rea")
    expect(tasks_page.locator("#list .task")).to_have_count(1)
    tasks_page.wait_for_url("**/tasks?*q=rea*")
    tasks_page.locator(".filters").get_by_text("Done").click()
    expect(tasks_page.locator("#list")).to_contain_text("Nothing fits")


def test_on_a_phone_a_task_is_a_page_and_rows_are_chosen_in_a_mode(tasks_page: Page, tasks, live_server):
    tasks_page.set_viewport_size(PHONE)
    tasks_page.get_by_role("button", name="Select", exact=True).click()
    tasks_page.locator(f"#pick-{tasks[0].pk}").check()
    tasks_page.locator("#bulk").get_by_role("button", name="Done").click()
    expect(tasks_page.locator(f"#row-{tasks[0].pk}")).to_have_count(0)
    tasks_page.get_by_role("link", name="Write").click()
    tasks_page.wait_for_url(f"**/tasks/{tasks[1].pk}")
    expect(tasks_page.locator("#list")).to_have_count(0)
    tasks_page.get_by_role("button", name="Delete Write").click()
    tasks_page.wait_for_url(f"{live_server.url}/tasks")
    expect(tasks_page.locator("[data-toast]")).to_contain_text("Deleted Write")


def test_a_habit_is_ticked_for_today_by_keyboard(alice_page: Page, live_server, alice):
    habit = HabitFactory(user=alice, title="Run")
    alice_page.goto(f"{live_server.url}/habits")
    alice_page.keyboard.press("j")
    alice_page.keyboard.press("x")
    expect(alice_page.locator("[data-toast]")).to_contain_text("Run done")
    expect(alice_page.locator("#habits")).to_contain_text("1/3")
    assert HabitCheck.objects.get().habit == habit
    assert timezone.now().date() - HabitCheck.objects.get().on <= timedelta(days=1)
