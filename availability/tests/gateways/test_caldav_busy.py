"""When somebody is busy, as servers say it, or as it is worked out for those that do not."""

from datetime import UTC, datetime

import pytest

from availability.gateways.faults import Away, GrantLost, Missing, Slow, Unsound
from availability.tests.gateways.dav_server import calendar_text
from availability.tests.gateways.scripted import Asked, Said, etag, event, multistatus, response, told

DAY = (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 10, 2, tzinfo=UTC))


@pytest.mark.parametrize("refused", [Said(403), Said(400), Said(405), Said(501), Said(200, "hello"), Said(415)])
def test_where_a_server_does_not_say_when_one_is_busy_it_is_worked_out(server, odd, cal, refused):
    events = [
        event("a"),
        calendar_text("UID:f\r\nDTSTART:20261001T160000\r\nDURATION:PT1H"),
        calendar_text("UID:free\r\nDTSTART:20261001T180000Z\r\nDURATION:PT1H\r\nTRANSP:TRANSPARENT"),
        "nonsense",
    ]

    def answer(asked: Asked) -> Said:
        if "free-busy-query" in asked.body:
            return refused
        assert 'start="20261001T000000Z"' in asked.body
        return multistatus(*(response(f"/cal/{number}.ics", told(text)) for number, text in enumerate(events)))

    server.on("REPORT", "/cal/", answer)
    hours = [(start.hour, end.hour) for start, end in odd.busy([cal], *DAY)[cal]]
    assert hours == [(12, 13), (14, 15)]


@pytest.mark.parametrize(("status", "fault"), [(401, GrantLost), (404, Missing), (429, Slow), (500, Away)])
def test_busy_times_that_cannot_be_asked_for_are_not_taken_for_free_ones(server, odd, cal, status, fault):
    server.on("REPORT", "/cal/", Said(status))
    with pytest.raises(fault):
        odd.busy([cal], *DAY)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        (response("/cal/b.ics", status=503), Away),
        (response("/cal/", status=507), Away),
        (response("/cal/b.ics", status=403), Unsound),
        (response("/cal/b.ics", etag('"1"')), Unsound),
    ],
)
def test_an_event_that_cannot_be_read_is_not_taken_for_free_time(server, odd, cal, part, fault):
    def answer(asked: Asked) -> Said:
        whole = response("/cal/a.ics", told(event("a")))
        return Said(501) if "free-busy-query" in asked.body else multistatus(whole, part)

    server.on("REPORT", "/cal/", answer)
    with pytest.raises(fault):
        odd.busy([cal], *DAY)


def test_an_event_that_is_gone_meanwhile_makes_nobody_busy(server, odd, cal):
    def answer(asked: Asked) -> Said:
        gone = response("/cal/a.ics", status=404)
        return Said(501) if "free-busy-query" in asked.body else multistatus(gone)

    server.on("REPORT", "/cal/", answer)
    assert odd.busy([cal], *DAY)[cal] == []


def test_busy_times_are_read_in_every_form(server, odd, cal):
    said = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VFREEBUSY\r\n"
        "FREEBUSY:20261001T010000Z/PT1H,20261001T030000Z/20261001T040000Z\r\n"
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20261001T033000Z/PT1H\r\n"
        "FREEBUSY;FBTYPE=FREE:20261001T060000Z/PT1H\r\nFREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260930T230000Z/PT90M\r\n"
        "END:VFREEBUSY\r\nEND:VCALENDAR\r\n"
    )
    server.on("REPORT", "/cal/", Said(200, said))
    spans = [f"{start:%H:%M}-{end:%H:%M}" for start, end in odd.busy([cal], *DAY)[cal]]
    assert spans == ["00:00-00:30", "01:00-02:00", "03:00-04:30"]
