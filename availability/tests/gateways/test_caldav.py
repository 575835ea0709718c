"""CalDAV against a real server, radicale."""

from datetime import UTC, datetime, timedelta

import pytest

from availability.domain import ics
from availability.gateways.faults import Changed, Fault, GrantLost, Missing, Taken, TokenExpired
from availability.gateways.provider import Access, Entry
from availability.tests.gateways.dav_server import calendar_text

MARK = "0192f3c4000070008000000000000001" * 2
NINE = datetime(2026, 10, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
BLOCK = Entry(MARK, "Write the report", NINE, NINE + HOUR, notes="Two pages,\nno more", is_private=True)


def meeting(uid: str, *more: str, at: str = "20261001T120000Z", title: str = "Meeting") -> str:
    return "\r\n".join([f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"DTSTART:{at}", f"SUMMARY:{title}", *more])


def names(page) -> dict[str, bool]:
    """Of each item the end of its path, and whether it is there."""
    return {item.id.rpartition("/")[2]: bool(item.ics) for item in page.items}


def all_pages(account, calendar: str, token: str = ""):
    pages = [account.changes(calendar, token=token)]
    while pages[-1].next_page:
        pages.append(account.changes(calendar, token=token, page=pages[-1].next_page))
    return pages


@pytest.fixture
def work(radicale) -> str:
    return radicale.add_calendar("work/", "Work")


@pytest.mark.parametrize(
    "path", ["", "/", "/.well-known/caldav", "/alice@example.com/", "/alice%40example.com/work", "/no/"]
)
def test_calendars_are_found_from_any_address_of_the_server(radicale, work, alice_dav, path):
    assert [one.name for one in alice_dav(radicale.url + path).calendars()] == ["Work"]


def test_calendars_say_what_they_are(radicale, alice_dav):
    zone = "BEGIN:VTIMEZONE&#13;\nTZID:Europe/Berlin&#13;\nEND:VTIMEZONE&#13;\n"
    text = f"BEGIN:VCALENDAR&#13;\n{zone}END:VCALENDAR&#13;\n"
    more = "<A:calendar-color>#FF2968FF</A:calendar-color>"
    radicale.add_calendar("a/", "Work &amp; more", more=f"{more}<C:calendar-timezone>{text}</C:calendar-timezone>")
    radicale.add_calendar("b/", "Tasks", "VTODO")
    radicale.add_address_book("people/")
    (found,) = alice_dav().calendars()
    assert found.id == f"{radicale.home}a/"
    assert (found.name, found.colour, found.zone) == ("Work & more", "#ff2968", "Europe/Berlin")
    assert found.access is Access.OWNER


def test_a_wrong_password_is_a_grant_that_is_lost(work, alice_dav):
    for user, password in (("alice@example.com", "wrong"), ("charlie", "wrong")):
        with pytest.raises(GrantLost) as fault:
            alice_dav(user=user, password=password).calendars()
        assert password not in fault.value.words


def test_nobody_sees_the_calendars_of_others(radicale, work, alice_dav):
    radicale.put("work/a.ics", meeting("a"))
    assert alice_dav(user="bob").calendars() == []
    for ask in (lambda bob: bob.changes(work), lambda bob: bob.insert(work, "b.ics", BLOCK)):
        with pytest.raises(Fault):
            ask(alice_dav(user="bob"))
    assert names(alice_dav().changes(work)) == {"a.ics": True}


def test_a_calendar_is_read_whole_once_and_then_by_its_changes(radicale, work, alice_dav):
    for name in ("a", "b", "c"):
        radicale.put(f"work/{name}.ics", meeting(name))
    first = alice_dav().changes(work)
    assert first.is_full
    assert names(first) == {"a.ics": True, "b.ics": True, "c.ics": True}
    assert all(item.group == item.id and item.etag and not item.mark for item in first.items)

    radicale.put("work/a.ics", meeting("a", title="Moved"))
    radicale.put("work/d.ics", meeting("d"))
    radicale.by_hand("DELETE", "work/b.ics")
    second = alice_dav().changes(work, token=first.token)
    assert not second.is_full
    assert names(second) == {"a.ics": True, "d.ics": True, "b.ics": False}
    assert "Moved" in next(item.ics for item in second.items if item.id.endswith("a.ics"))

    third = alice_dav().changes(work, token=second.token)
    assert (list(third.items), third.is_full, third.next_page) == ([], False, "")


def test_a_quiet_calendar_costs_one_request(radicale, work, alice_dav):
    radicale.put("work/a.ics", meeting("a"))
    token = alice_dav().changes(work).token
    radicale.asked.clear()
    alice_dav().changes(work, token=token)
    assert radicale.asked == ["REPORT /alice@example.com/work/"]


def test_a_series_keeps_its_exceptions_and_the_zones_that_only_it_knows(radicale, work, alice_dav):
    rule = "BEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:+0130\r\nTZOFFSETTO:+0130\r\nEND:STANDARD\r\n"
    zone = f"BEGIN:VTIMEZONE\r\nTZID:Home\r\n{rule}END:VTIMEZONE\r\n"
    events = (
        meeting("s", "RRULE:FREQ=DAILY;COUNT=3").replace(
            "DTSTART:20261001T120000Z", "DTSTART;TZID=Home:20261001T120000"
        ),
        meeting("s", "RECURRENCE-ID;TZID=Home:20261002T120000", at="20261002T180000Z", title="Later"),
    )
    radicale.by_hand("PUT", "work/s.ics", calendar_text(*events, header=zone), Content_Type="text/calendar")
    (item,) = alice_dav().changes(work).items
    file = ics.read(ics.wrapped(item.ics).encode())
    assert file.problems == ()
    found = ics.expand(file.series, NINE - 48 * HOUR, NINE + 90 * HOUR, lambda _day: None)
    starts = [(each.title, each.starts_at.hour, each.starts_at.minute) for each in found.occurrences]
    assert starts == [("Meeting", 10, 30), ("Later", 18, 0), ("Meeting", 10, 30)]


def test_an_invitation_that_the_person_declined_makes_nobody_busy(radicale, work, alice_dav):
    hers, other = (f"ATTENDEE;CN=A;PARTSTAT=DECLINED:mailto:{one}" for one in ("Alice@Example.com", "bob@example.com"))
    radicale.put("work/mine.ics", meeting("mine", "TRANSP:OPAQUE", hers))
    radicale.put("work/others.ics", meeting("others", "TRANSP:OPAQUE", other))
    texts = {item.id.rpartition("/")[2]: item.ics for item in alice_dav().changes(work).items}
    assert "TRANSP:TRANSPARENT" in texts["mine.ics"]
    assert "TRANSP:OPAQUE" not in texts["mine.ics"]
    assert "TRANSP:OPAQUE" in texts["others.ics"]
    assert not any("bob@example.com" in text for text in texts.values())


def test_tasks_and_notes_are_counted_and_are_no_events(radicale, alice_dav):
    both = radicale.add_calendar("both/", "Both", "VEVENT")
    todo = calendar_text(header="BEGIN:VTODO\r\nUID:t\r\nEND:VTODO\r\n")
    radicale.by_hand("PUT", "both/t.ics", todo, Content_Type="text/calendar")
    radicale.put("both/a.ics", meeting("a"))
    page = alice_dav().changes(both)
    assert names(page) == {"a.ics": True, "t.ics": False}
    assert page.skipped == {"It holds no event but a task, a note or the like.": 1}


def many(count: int, title: str = "Meeting") -> str:
    return calendar_text(*(meeting(f"n{number:04}", title=title) for number in range(count)))


def test_a_large_calendar_comes_in_pages_that_another_process_goes_on_with(radicale, work, alice_dav):
    radicale.by_hand("PUT", "work/", many(450), Content_Type="text/calendar")
    pages = all_pages(alice_dav(), work)
    assert [len(page.items) for page in pages] == [200, 200, 50]
    assert all(page.is_full for page in pages)
    assert [bool(page.token) for page in pages] == [False, False, True]

    begun = alice_dav().changes(work)
    seen = list(begun.items)
    radicale.by_hand("DELETE", f"work/{seen[0].id.rpartition('/')[2]}")
    radicale.put("work/new.ics", meeting("new"))
    while begun.next_page:
        begun = alice_dav().changes(work, page=begun.next_page)
        seen += begun.items
    late = alice_dav().changes(work, token=begun.token)
    assert {item.id for item in pages[0].items} <= {item.id for item in seen}
    assert names(late) == {seen[0].id.rpartition("/")[2]: False, "new.ics": True}


def test_a_token_that_the_server_does_not_know_means_to_begin_anew(work, alice_dav):
    token = alice_dav().changes(work).token
    with pytest.raises(TokenExpired):
        alice_dav().changes(work, token=token[:-4] + "0000")


def test_a_calendar_that_is_gone_is_missing(radicale, work, alice_dav):
    token = alice_dav().changes(work).token
    radicale.by_hand("DELETE", "work/")
    for known in ("", token):
        with pytest.raises(Missing):
            alice_dav().changes(work, token=known)


def test_what_timeflow_writes_is_read_as_its_own(radicale, work, alice_dav):
    account = alice_dav()
    stored = account.insert(work, account.id_for(work, MARK, 1), BLOCK)
    item = alice_dav().get(work, stored.id)
    assert (item.id, item.etag) == (stored.id, stored.etag)
    assert (item.mark, item.span) == (MARK, (NINE, NINE + HOUR))
    (listed,) = alice_dav().changes(work).items
    assert listed == item
    text = radicale.by_hand("GET", f"work/{MARK}-1.ics").text
    assert "CLASS:PRIVATE" in text
    assert "DESCRIPTION:Two pages\\,\\nno more" in text
    assert "SUMMARY:Write the report" in text


def test_an_id_is_used_once(radicale, work, alice_dav):
    account = alice_dav()
    account.insert(work, account.id_for(work, MARK, 1), BLOCK)
    with pytest.raises(Taken):
        alice_dav().insert(work, account.id_for(work, MARK, 1), BLOCK)
    assert alice_dav().get(work, account.id_for(work, MARK, 1)).mark == MARK
    assert account.insert(work, account.id_for(work, MARK, 2), BLOCK).id.endswith("-2.ics")
    assert len(alice_dav().changes(work).items) == 2


def test_an_update_changes_what_is_other_and_leaves_the_persons_own_words(radicale, work, alice_dav):
    account = alice_dav()
    stored = account.insert(work, account.id_for(work, MARK, 1), BLOCK)
    name = stored.id.rpartition("/")[2]
    text = radicale.by_hand("GET", f"work/{name}").text
    alarm = "BEGIN:VALARM\r\nACTION:DISPLAY\r\nDESCRIPTION:Soon\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"
    own = text.replace("SUMMARY:Write the report", "SUMMARY:Write it at home\r\nLOCATION:Home")
    own = own.replace("END:VEVENT", f"{alarm}END:VEVENT")
    radicale.by_hand("PUT", f"work/{name}", own, Content_Type="text/calendar")

    moved = Entry(MARK, "Write the report", NINE + HOUR, NINE + 2 * HOUR, notes=BLOCK.notes, is_private=True)
    with pytest.raises(Changed):
        account.update(work, stored.id, moved, was=BLOCK, etag=stored.etag)
    present = account.get(work, stored.id)
    again = account.update(work, stored.id, moved, was=BLOCK, etag=present.etag)
    item = alice_dav().get(work, stored.id)
    assert (item.etag, item.mark, item.span) == (again.etag, MARK, (NINE + HOUR, NINE + 2 * HOUR))
    text = radicale.by_hand("GET", f"work/{name}").text
    for line in ("SUMMARY:Write it at home", "LOCATION:Home", "TRIGGER:-PT5M", "CLASS:PRIVATE", "SEQUENCE:1"):
        assert line in text


def test_an_update_without_a_former_state_writes_all(radicale, work, alice_dav):
    account = alice_dav()
    stored = account.insert(work, account.id_for(work, MARK, 1), BLOCK)
    plain = Entry(MARK, "Busy", NINE, NINE + HOUR, is_busy=False)
    account.update(work, stored.id, plain, was=None, etag="")
    text = radicale.by_hand("GET", f"work/{MARK}-1.ics").text
    assert "SUMMARY:Busy" in text
    assert "TRANSP:TRANSPARENT" in text
    assert "DESCRIPTION" not in text
    assert "CLASS" not in text


def test_an_update_of_nothing_writes_nothing(radicale, work, alice_dav):
    account = alice_dav()
    stored = account.insert(work, account.id_for(work, MARK, 1), BLOCK)
    radicale.asked.clear()
    assert account.update(work, stored.id, BLOCK, was=BLOCK, etag=stored.etag) == stored
    assert [line.partition(" ")[0] for line in radicale.asked] == ["GET"]


def test_what_the_person_changed_is_not_deleted_unseen(radicale, work, alice_dav):
    account = alice_dav()
    stored = account.insert(work, account.id_for(work, MARK, 1), BLOCK)
    radicale.put(f"work/{MARK}-1.ics", meeting(f"{MARK}-1", title="Mine now"))
    with pytest.raises(Changed):
        account.delete(work, stored.id, etag=stored.etag)
    account.delete(work, stored.id, etag="")
    account.delete(work, stored.id, etag=stored.etag)
    for ask in (
        lambda: account.get(work, stored.id),
        lambda: account.update(work, stored.id, BLOCK, was=None, etag=""),
    ):
        with pytest.raises(Missing):
            ask()


def test_nothing_is_put_into_a_calendar_that_is_gone(radicale, work, alice_dav):
    radicale.by_hand("DELETE", "work/")
    with pytest.raises(Missing):
        alice_dav().insert(work, f"{MARK}-1.ics", BLOCK)


def test_a_new_calendar_is_the_persons_and_in_their_zone(radicale, alice_dav):
    made = alice_dav().make_calendar("TimeFlow: plans & <blocks>", "Europe/Berlin", "m1")
    assert made.name == "TimeFlow: plans & <blocks>"
    assert (made.access, made.zone) == (Access.OWNER, "Europe/Berlin")
    assert alice_dav().calendars() == [made]
    stored = alice_dav().insert(made.id, f"{MARK}-1.ics", BLOCK)
    assert alice_dav().get(made.id, stored.id).mark == MARK
    assert alice_dav().make_calendar("TimeFlow", "Europe/Berlin", "m1") == made, "it is made once"


def test_busy_times_are_those_of_the_events(radicale, work, alice_dav):
    home = radicale.add_calendar("home/", "Home")
    radicale.put("work/a.ics", meeting("a", "DURATION:PT1H"))
    radicale.put("work/b.ics", meeting("b", "DURATION:PT1H", at="20261001T123000Z"))
    radicale.put("work/c.ics", meeting("c", "DURATION:PT1H", "TRANSP:TRANSPARENT", at="20261001T160000Z"))
    radicale.put("work/d.ics", meeting("d", "DURATION:PT8H", at="20261001T200000Z"))
    start = datetime(2026, 10, 1, tzinfo=UTC)
    found = alice_dav().busy([work, home], start, start + 24 * HOUR)
    noon = start + 12 * HOUR
    assert found == {work: [(noon, noon + 1.5 * HOUR), (start + 20 * HOUR, start + 24 * HOUR)], home: []}


def test_busy_times_are_not_made_up_for_a_calendar_that_is_gone(radicale, work, alice_dav):
    with pytest.raises(Missing):
        alice_dav().busy([work, f"{radicale.home}none/"], NINE, NINE + HOUR)
