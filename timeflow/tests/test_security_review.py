"""docs/SECURITY_REVIEW.md names tests that exist, judges each requirement once, and leaves nothing bad open."""

import re

import pytest
from django.conf import settings

from accounts.passwords import WORDS

PAGE = (settings.BASE_DIR / "docs" / "SECURITY_REVIEW.md").read_text()
STATUSES = ("met", "partly", "not met", "does not apply: ")
REQUIREMENT = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+) \|$", re.MULTILINE)
FINDING = re.compile(r"^\| (F\d+) \| (.+) \|$", re.MULTILINE)
# How many requirements of level 1 and 2 each section of ASVS 5.0.0 has that its chapters number from 1 on.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`((?:\w+/)+test_\w+\.py(?:::\w+)?)`", PAGE))))
def test_a_test_that_the_page_names_is_there(named):
    path, _, name = named.partition("::")
    file = settings.BASE_DIR / path
    assert file.is_file()
    assert not name or re.search(rf"^ *def {name}\(", file.read_text(), re.MULTILINE)


def test_every_requirement_is_there_once_and_has_a_status():
    rows = REQUIREMENT.findall(PAGE)
    wanted = [f"{section}.{number}" for section, count in SECTIONS.items() for number in range(1, count + 1)]
    assert [number for number, _ in rows] == wanted
    for number, row in rows:
        cells = row.split(" | ")
        assert len(cells) == 4, number
        assert cells[-1].startswith(STATUSES), number


def test_the_page_counts_right():
    statuses = [row.split(" | ")[-1].partition(":")[0] for _, row in REQUIREMENT.findall(PAGE)]
    said = {status: int(number) for number, status in re.findall(r"(\d+) (met|partly|not met|does not apply)\b", PAGE)}
    assert said == {status: statuses.count(status) for status in set(statuses)}


def test_every_risk_of_the_api_list_is_answered():
    assert re.findall(r"^\| API(\d+) \|", PAGE, re.MULTILINE) == [str(number) for number in range(1, 11)]


def test_no_finding_that_matters_is_open():
    rows = [row.split(" | ") for _, row in FINDING.findall(PAGE)]
    assert rows
    for severity, what, done in rows:
        assert severity in {"critical", "high", "medium", "low", "info"}, what
        assert done.startswith(("mended", "accepted", "open")), what
        assert severity in {"low", "info"} or done.startswith("mended"), what


def test_the_words_that_make_no_password_are_listed():
    assert ", ".join(f"“{word}”" for word in WORDS) in PAGE
