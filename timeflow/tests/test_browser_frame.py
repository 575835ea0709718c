"""The frame of every page in a real browser; journeys through the product are tested by the apps."""

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from accounts.tests.letters import link_in
from accounts.tests.signing_in import cookies_of
from timeflow.tests.browser import DESK, PHONE, serious_barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def settings_page(alice_page: Page, live_server) -> Page:
    alice_page.goto(f"{live_server.url}/settings")
    return alice_page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_strangers_have_no_barriers_and_fit_a_phone(page: Page, live_server, scheme):
    page.emulate_media(color_scheme=scheme)
    for path in ("/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nothing"):
        page.goto(f"{live_server.url}{path}")
        assert (path, serious_barriers(page)) == (path, [])
        assert (path, width_on_a_phone(page)) == (path, PHONE["width"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_frame_have_no_barriers_and_fit_a_phone(alice_page: Page, live_server, scheme):
    alice_page.emulate_media(color_scheme=scheme)
    for path in ("/settings", "/settings/travel", "/accounts/email/", "/welcome"):
        alice_page.goto(f"{live_server.url}{path}")
        assert (path, serious_barriers(alice_page)) == (path, [])
        assert (path, width_on_a_phone(alice_page)) == (path, PHONE["width"])


@pytest.mark.urls("timeflow.tests.test_back_office")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_status_page_of_the_back_office_has_no_barriers_and_fits_a_phone(page, chief_client, live_server, scheme):
    page.emulate_media(color_scheme=scheme)
    page.context.add_cookies(cookies_of(chief_client, live_server.url))
    page.goto(f"{live_server.url}/staff/status/")
    expect(page.get_by_role("heading", name="Periodic tasks")).to_be_visible()
    assert serious_barriers(page) == []
    assert width_on_a_phone(page) == PHONE["width"]


def width_on_a_phone(page: Page) -> int:
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(DESK)
    return width


def test_a_chosen_scheme_is_there_before_the_paint_and_on_the_next_page(settings_page: Page, live_server):
    settings_page.locator("main").get_by_text("Dark", exact=True).click()
    assert settings_page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 22, 21)"
    settings_page.goto(f"{live_server.url}/settings/travel")
    assert settings_page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_ctrl_k_opens_the_palette_and_enter_goes_there(settings_page: Page):
    settings_page.keyboard.press("Control+k")
    settings_page.keyboard.type("journey")
    chosen = settings_page.get_by_role("option", selected=True)
    expect(chosen).to_have_text(re.compile("Travel"))
    assert serious_barriers(settings_page) == []
    settings_page.keyboard.press("Enter")
    settings_page.wait_for_url("**/settings/travel")


def test_arrows_move_through_what_the_palette_found(settings_page: Page):
    settings_page.keyboard.press("Control+k")
    expect(settings_page.get_by_role("option", selected=True)).to_have_text(re.compile("Plan my week"))
    settings_page.keyboard.press("ArrowDown")
    expect(settings_page.get_by_role("option", selected=True)).to_have_text(re.compile("Today"))
    settings_page.keyboard.press("Escape")
    expect(settings_page.locator("#palette")).not_to_be_visible()


def test_a_question_mark_shows_the_keys_but_not_while_one_types(settings_page: Page):
    settings_page.get_by_label("Name").press("?")
    expect(settings_page.locator("#shortcuts")).not_to_be_visible()
    settings_page.locator("h1").click()
    settings_page.keyboard.press("?")
    expect(settings_page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    assert serious_barriers(settings_page) == []


def test_a_toast_stays_under_the_pointer_and_leaves_after_it(settings_page: Page):
    settings_page.clock.install()
    settings_page.get_by_role("button", name="Save").click()
    toast = settings_page.locator("[data-toast]")
    expect(toast).to_have_text(re.compile("Your profile is saved."))
    toast.hover()
    settings_page.clock.run_for(20_000)
    expect(toast).to_be_visible()
    settings_page.mouse.move(0, 0)
    settings_page.clock.run_for(7_000)
    expect(toast).to_have_count(0)


def test_undo_in_a_toast_takes_the_change_back(alice, alice_page: Page, live_server):
    alice_page.goto(f"{live_server.url}/settings/travel")
    alice_page.get_by_label("From").fill("2030-05-04")
    alice_page.get_by_label("Time zone there").fill("Europe/Lisbon")
    alice_page.get_by_role("button", name="Add the journey").click()
    alice_page.wait_for_selector("[data-toast]")
    assert alice.stays.count() == 1
    alice_page.locator("h1").click()
    alice_page.keyboard.press("u")
    alice_page.wait_for_selector("text=The journey is removed.")
    assert alice.stays.count() == 0


def test_the_first_tab_leads_past_the_rail(settings_page: Page):
    settings_page.keyboard.press("Tab")
    expect(settings_page.get_by_text("Skip to the content")).to_be_focused()
    settings_page.keyboard.press("Enter")
    expect(settings_page.locator("main")).to_be_focused()


def test_on_the_phone_more_leads_to_what_the_bar_has_no_room_for(alice_page: Page, live_server):
    alice_page.set_viewport_size(PHONE)
    alice_page.goto(f"{live_server.url}/settings/travel")
    alice_page.get_by_role("button", name="More").click()
    alice_page.get_by_role("region", name="You").get_by_role("link", name="Settings").click()
    alice_page.wait_for_url("**/settings")


def test_a_sign_up_by_keyboard_takes_the_browsers_zone(page: Page, live_server, django_user_model):
    page.goto(f"{live_server.url}/accounts/signup/")
    page.get_by_label("E-mail").fill("charlie@example.com")
    page.get_by_label("Password").fill("four plain words here")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/confirm-email/")
    page.goto(live_server.url + link_in(mail.outbox[0]))
    page.get_by_role("button", name="Yes, it is mine").click()
    page.wait_for_url("**/welcome")
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert django_user_model.objects.get().time_zone == zone
