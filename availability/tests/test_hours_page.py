import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from availability.domain.hour_rules import week_from_text, week_to_text
from availability.models import DateOverride, WorkingHours
from availability.selectors import date_overrides, past_dates, special_dates, weekly_hours
from availability.tests.factories import NOW, TODAY, DateOverrideFactory, WorkingHoursFactory

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)
NINE_TO_FIVE = (540, 1020)
PAGE = "/settings/hours"


@pytest.fixture(autouse=True)
def _tuesday(time_machine):
    time_machine.move_to(NOW, tick=False)


def shown(answer):
    """The page's words in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def pairs(answer, day):
    """What stands in the inputs of a day."""
    body = answer.content.decode()
    texts = [re.findall(rf'name="{day}-{edge}" value="([^"]*)"', body) for edge in ("start", "end")]
    return list(zip(*texts, strict=True))


def typed(**days):
    """A posted week: `monday="9:00-12:00 13:00-17:00"`."""
    return {
        f"{day}-{edge}": [pair.split("-")[place] for pair in texts.split()]
        for day, texts in days.items()
        for place, edge in enumerate(("start", "end"))
    }


def test_the_week_begins_on_the_persons_first_weekday(alice_client, alice):
    alice.week_start = 6
    alice.save()
    WorkingHoursFactory(user=alice, weekday=0)
    answer = alice_client.get(PAGE)
    legends = re.findall(r'<legend class="day-name">(\w+)', answer.content.decode())
    assert (legends[0], legends[1], legends[-1]) == ("Sunday", "Monday", "Saturday")
    assert pairs(answer, "monday") == [("09:00", "17:00")]
    assert "8 h a week" in shown(answer)


def test_a_saved_week_is_kept_said_and_can_be_taken_back(alice_client, alice):
    WorkingHoursFactory(user=alice, weekday=5)
    week = typed(monday="09:00-12:30 22:00-02:00", tuesday="- 10:00-00:00")
    answer = alice_client.post(PAGE, week, follow=True)
    assert weekly_hours(alice) == {0: [(540, 750), (1320, 120)], 1: [(600, 1440)]}
    words = shown(answer)
    assert "Your plan is being checked against the new hours." in words
    assert "until 2:00 the next day" in words
    assert "until midnight" in words
    assert "21 h 30 a week" in words
    undo = re.search(r'action="(/settings/hours/restore/[^"]+)"', answer.content.decode())[1]
    alice_client.post(undo)
    assert weekly_hours(alice) == {5: [NINE_TO_FIVE]}


@pytest.mark.parametrize(
    ("week", "reason"),
    [
        (typed(monday="9:00-17:00 16:00-18:00"), "9:00 – 17:00 and 16:00 – 18:00 overlap."),
        (typed(sunday="22:00-02:00", monday="01:00-03:00"), "Sunday goes on until 2:00 and overlaps 1:00 – 3:00."),
        (typed(monday="9:00-"), "Write when it starts and when it ends"),
        (typed(monday="soon-late"), "Write when it starts and when it ends"),
        (typed(monday="24:00-02:00"), "Write when it starts and when it ends"),
        ({"monday-start": ["09:00", "10:00"], "monday-end": ["09:30"]}, "Write when it starts and when it ends"),
        (typed(monday=" ".join(f"{n}:00-{n}:30" for n in range(11))), "At most 10 stretches a day."),
    ],
)
def test_a_refused_week_says_why_keeps_what_was_typed_and_changes_nothing(alice_client, alice, week, reason):
    WorkingHoursFactory(user=alice)
    answer = alice_client.post(PAGE, week)
    assert answer.status_code == 422
    assert reason in shown(answer)
    assert pairs(answer, "monday")[0][0] == week["monday-start"][0]
    assert weekly_hours(alice) == {0: [NINE_TO_FIVE]}


@pytest.mark.parametrize(
    ("deed", "day", "expected"),
    [
        ("add:monday", "monday", [("9:00", "12:00"), ("13:00", "14:00")]),
        ("add:sunday", "sunday", [("09:00", "17:00")]),
        ("add:friday", "friday", [("9:00", "23:30"), ("", "")]),
        ("remove:friday:0", "friday", []),
        ("remove:friday:1", "friday", [("9:00", "23:30")]),
        ("remove:friday:x", "friday", [("9:00", "23:30")]),
        ("copy:monday:sunday", "sunday", [("9:00", "12:00")]),
        ("copy:monday:weekdays", "friday", [("9:00", "12:00")]),
        ("copy:monday:weekdays", "saturday", []),
        ("copy:monday:all", "saturday", [("9:00", "12:00")]),
        ("copy:monday:moonday", "saturday", []),
        ("copy:moonday:all", "monday", [("9:00", "12:00")]),
        ("add:moonday", "monday", [("9:00", "12:00")]),
        ("look", "monday", [("9:00", "12:00")]),
    ],
)
def test_the_forms_buttons_change_the_form_and_keep_nothing(alice_client, deed, day, expected):
    answer = alice_client.post(PAGE, typed(monday="9:00-12:00", friday="9:00-23:30") | {"do": deed})
    assert pairs(answer, day) == expected
    assert "not saved yet" in shown(answer)
    assert not WorkingHours.objects.exists()


def test_htmx_gets_the_form_alone(alice_client, alice):
    week = typed(monday="9:00-12:00")
    looked = alice_client.post(PAGE, week | {"do": "look"}, headers={"HX-Request": "true"})
    assert looked.content.decode().lstrip().startswith("<form")
    saved = alice_client.post(PAGE, week | {"do": "save"}, headers={"HX-Request": "true"})
    assert "not saved yet" not in shown(saved)
    assert "Your hours are saved." in shown(saved)
    assert weekly_hours(alice) == {0: [(540, 720)]}


def test_whoever_has_no_hours_is_offered_the_usual_ones(alice_client, alice):
    offer = "Use Monday to Friday, 9:00 – 17:00"
    assert offer in shown(alice_client.get(PAGE))
    answer = alice_client.post(reverse("settings-hours-usual"), follow=True)
    assert weekly_hours(alice) == {weekday: [NINE_TO_FIVE] for weekday in range(5)}
    assert offer not in shown(answer)
    alice_client.post(PAGE, typed(monday="9:00-12:00"))
    alice_client.post(reverse("settings-hours-usual"))
    assert weekly_hours(alice) == {0: [(540, 720)]}


def test_a_week_survives_its_way_through_an_address():
    week = {0: [NINE_TO_FIVE, (1320, 1440)], 1: [], 6: [(0, 1)]}
    assert week_from_text(week_to_text(week)) == {**{day: [] for day in range(7)}, **week}


@pytest.mark.parametrize("address", ["restore/nonsense", "restore/1-2-3", "dates/2026-05-01/2026-05-02/restore/x"])
def test_an_address_that_nobody_wrote_is_not_there(alice_client, address):
    assert alice_client.post(f"{PAGE}/{address}").status_code == 404


def test_days_away_are_added_shown_as_one_line_and_taken_back(alice_client, alice):
    dates = {"first": "2026-12-24", "last": "2026-12-31", "kind": "rest", "windows-start": "", "windows-end": ""}
    answer = alice_client.post(reverse("settings-dates-add"), dates, follow=True)
    assert len(date_overrides(alice, TODAY, TODAY + 365 * ONE_DAY)) == 8
    assert "24 – 31 December 8 days Rest" in shown(answer)
    undo = re.search(r'data-toast>.*?action="([^"]+)"', answer.content.decode(), re.DOTALL)[1]
    alice_client.post(undo)
    assert not DateOverride.objects.exists()


def test_a_day_gets_its_own_hours(alice_client, alice):
    dates = {"first": "2026-04-22", "last": "", "kind": "hours", "windows-start": "22:00", "windows-end": "02:00"}
    answer = alice_client.post(reverse("settings-dates-add"), dates, follow=True)
    assert date_overrides(alice, TODAY, TODAY + ONE_DAY) == {TODAY + ONE_DAY: [(1320, 120)]}
    assert "Tomorrow 22:00 – 2:00 the next day" in shown(answer)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"first": ""}, "This is needed."),
        ({"last": "2026-04-01"}, "The last day is before the first."),
        ({"last": "2028-04-22"}, "At most 366 days at once."),
        ({"first": "2066-04-22"}, "That is more than five years away."),
        ({"kind": "hours"}, "Say which hours, or choose rest."),
        ({"kind": "hours", "windows-start": "9:00"}, "Write when it starts and when it ends"),
        (
            {"kind": "hours", "windows-start": ["9:00", "10:00"], "windows-end": ["11:00", "12:00"]},
            "9:00 – 11:00 and 10:00 – 12:00 overlap.",
        ),
    ],
)
def test_refused_dates_say_why_and_change_nothing(alice_client, change, reason):
    answer = alice_client.post(reverse("settings-dates-add"), {"first": "2026-04-22", "kind": "rest"} | change)
    assert answer.status_code == 422
    assert reason in shown(answer)
    assert not DateOverride.objects.exists()


def test_a_removed_range_can_be_brought_back(alice_client, alice):
    for n in range(3):
        DateOverrideFactory(user=alice, on=TODAY + n * ONE_DAY, windows=[(600, 660), (700, 720)])
    before = date_overrides(alice, TODAY, TODAY + 9 * ONE_DAY)
    answer = alice_client.post(reverse("settings-dates-remove", args=[TODAY, TODAY + 2 * ONE_DAY]), follow=True)
    assert not DateOverride.objects.exists()
    undo = re.search(r'data-toast>.*?action="([^"]+)"', answer.content.decode(), re.DOTALL)[1]
    alice_client.post(undo)
    assert date_overrides(alice, TODAY, TODAY + 9 * ONE_DAY) == before


def test_neighbours_that_are_alike_are_one_range_and_past_ones_stand_apart(alice):
    for n in (-400, -3, -2, 0, 1, 3):
        DateOverrideFactory(user=alice, on=TODAY + n * ONE_DAY)
    DateOverrideFactory(user=alice, on=TODAY + 2 * ONE_DAY, windows=[NINE_TO_FIVE])
    assert [(one.first, one.days) for one in special_dates(alice, TODAY)] == [
        (TODAY, 2),
        (TODAY + 2 * ONE_DAY, 1),
        (TODAY + 3 * ONE_DAY, 1),
    ]
    assert [(one.first, one.last) for one in past_dates(alice, TODAY)] == [(TODAY - 3 * ONE_DAY, TODAY - 2 * ONE_DAY)]


def test_many_dates_come_in_pages_and_in_a_fixed_number_of_queries(alice_client, alice, django_assert_max_num_queries):
    for n in range(60):
        DateOverrideFactory(user=alice, on=TODAY + 2 * n * ONE_DAY, windows=[(540, 600)])
    with django_assert_max_num_queries(14):
        first = alice_client.get(PAGE)
    assert "Page 1 of 3" in shown(first)
    assert "Page 3 of 3" in shown(alice_client.get(f"{PAGE}?page=3"))


def test_hours_belong_to_one_person(alice, bob_client, charlie_client):
    WorkingHoursFactory(user=alice)
    DateOverrideFactory(user=alice)
    assert "No hours" in shown(bob_client.get(PAGE))
    bob_client.post(PAGE, typed(tuesday="9:00-10:00"))
    assert bob_client.post(reverse("settings-dates-remove", args=[TODAY, TODAY])).status_code == 404
    assert weekly_hours(alice) == {0: [NINE_TO_FIVE]}
    for address in (PAGE, f"{PAGE}/usual", f"{PAGE}/dates", f"{PAGE}/restore/off"):
        assert charlie_client.post(address).headers["Location"].startswith("/accounts/login/"), address
    assert DateOverride.objects.filter(user=alice).exists()
