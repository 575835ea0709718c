"""`manage.py google_quota`, and docs/GOOGLE_QUOTA_PLAN.md, which holds what it prints."""

import re
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command

from accounts.services.google_grants import SCOPES, WRITE_ANYWHERE
from availability.domain import google_load
from availability.domain.quota import RESERVES, UNITS

PAGE = django_settings.BASE_DIR / "docs" / "GOOGLE_QUOTA_PLAN.md"
PART = re.compile(r"<!-- `manage\.py google_quota ([^`]+)` -->\n(.*?)\n<!-- end -->", re.DOTALL)


@pytest.fixture(autouse=True)
def _granted(settings):
    """As Google grants it to everybody."""
    settings.GOOGLE_CALLS_PER_MINUTE, settings.GOOGLE_CALLS_PER_MINUTE_AND_USER = 10_000, 600
    settings.GOOGLE_CALLS_PER_DAY = 1_000_000


def printed(*args: str) -> str:
    out = StringIO()
    call_command("google_quota", *args, stdout=out)
    return out.getvalue().strip()


def row(text: str, begins: str) -> list[str]:
    [line] = [line for line in text.splitlines() if line.startswith(f"| {begins} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_figures_of_the_document_are_those_of_the_command():
    parts = PART.findall(PAGE.read_text())
    assert len(parts) == 2, "with push and without"
    for args, text in parts:
        assert text.strip() == printed(*args.split()), f"python manage.py google_quota {args} prints it anew"


def test_the_figures_between_the_tables_are_in_them():
    """Numbers that sentences of the document name in bold come out of its tables."""
    page = PAGE.read_text()
    tables = "".join(text for _, text in PART.findall(page))
    named = re.findall(r"\*\*([\d,.]+%?)\*\*", PART.sub("", page))
    assert named
    assert [number for number in named if number not in re.findall(r"[\d,.]+%?", tables)] == []


def test_what_the_document_says_of_the_engine_is_so():
    page = " ".join(PAGE.read_text().split())
    assert ", ".join(f"{lane} {part:.0%}".replace("%", " %") for lane, part in RESERVES.items() if part) in page
    quiet, usual, busy, away = (round(100 * part) for part in google_load.MIX)
    assert f"Of a hundred people {quiet} are taken to be quiet, {usual} usual, {busy} busy" in page
    assert (away, "and all to come every day" in page) == (0, True)
    assert f"The busiest minute is taken to be {google_load.PEAK:g} times the average one" in page
    assert UNITS == {"update_event": 3}, "three units for a PATCH, all else one"


def test_each_scope_that_is_asked_for_has_its_reason():
    named = set(re.findall(r"^\| `(calendar\.[a-z.]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert named == {scope.rpartition("/")[2] for scope in (*SCOPES, WRITE_ANYWHERE)}


def test_each_number_of_people_has_its_row():
    text = printed("--users", "1000", "1000000")
    assert float(row(text, "1,000")[1].replace(",", "")) * 1_000 == pytest.approx(
        float(row(text, "1,000,000")[1].replace(",", "")), rel=0.001
    )


def test_without_push_it_is_many_times_as_much():
    told, polled = (row(printed("--users", "1000", *more), "1,000") for more in ((), ("--no-push",)))
    assert float(polled[1].replace(",", "")) > 3 * float(told[1].replace(",", ""))


def test_a_higher_peak_needs_more_in_a_minute_and_not_in_a_day():
    one, ten = (row(printed("--users", "1000", "--peak", peak), "1,000") for peak in ("1", "10"))
    assert one[2] == ten[2]
    assert float(ten[4]) == pytest.approx(10 * float(one[4]), rel=0.01)


def test_the_limits_are_those_of_the_settings(settings):
    settings.GOOGLE_CALLS_PER_MINUTE = 77_000
    assert row(printed("--users", "1000"), "project, a minute")[1:3] == ["77,000", "69,300"]


@pytest.mark.parametrize("users", ["0", "-1", "x", "1.5", "", "1e3", "²", "9" * 12, "9" * 5_000])
def test_a_number_of_people_that_is_none_is_refused(users):
    with pytest.raises(CommandError, match=r"--users: give a whole number from 1 to 1,000,000,000"):
        printed(f"--users={users}")


@pytest.mark.parametrize("peak", ["0", "0.5", "-3", "nan", "inf", "much", "101"])
def test_a_peak_that_is_none_is_refused(peak):
    with pytest.raises(CommandError, match=r"--peak: give a number from 1 to 100"):
        printed("--users", "1000", f"--peak={peak}")


def test_the_number_of_people_has_to_be_said():
    with pytest.raises(CommandError, match="--users"):
        printed()
