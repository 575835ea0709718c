"""Two ready-made accounts, one of them with a week as people have it, laid around the present one."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from timeflow.fakes.google.stand_in import Google

MAYA, SAM = "maya@gmail.example", "sam@gmail.example"
ZONE = "Europe/Berlin"
WEEKDAYS = "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"

# Day from this week's Monday, start, minutes, title; what else there is to say.
Row = tuple[int, str, int, str, dict[str, Any]]
WORK: list[Row] = [
    (-7, "09:15", 15, "Standup", {"recurrence": [WEEKDAYS]}),
    (-7, "10:00", 60, "Team meeting", {"recurrence": ["RRULE:FREQ=WEEKLY"]}),
    (-6, "14:00", 30, "One to one with Jonas", {"recurrence": ["RRULE:FREQ=WEEKLY;INTERVAL=2"]}),
    (-5, "13:00", 45, "Design review", {"location": "Room Tegel"}),
    (-4, "11:00", 60, "Interview: backend engineer", {"visibility": "private"}),
    (-3, "15:00", 60, "Demo and retrospective", {"recurrence": ["RRULE:FREQ=WEEKLY;INTERVAL=2"]}),
    (0, "13:00", 60, "Roadmap workshop", {"location": "Room Tempelhof"}),
    (0, "16:00", 30, "Call with the printer", {}),
    (1, "11:00", 90, "Customer visit: Brandt", {"location": "Torstraße 49"}),
    (1, "17:00", 60, "New York sync", {"zone": "America/New_York", "attendees": "accepted", "at": "11:00"}),
    (2, "09:45", 75, "Hiring round", {"status": "tentative", "attendees": "tentative"}),
    (2, "13:30", 45, "Security briefing", {"attendees": "declined"}),
    (2, "15:00", 120, "Focus: quarterly report", {"eventType": "focusTime"}),
    (3, "10:30", 60, "Budget review", {"attendees": "needsAction"}),
    (3, "14:00", 60, "Onboarding Amira", {}),
    (3, "16:30", 30, "Tokyo handover", {"zone": "Asia/Tokyo", "at": "00:30", "shift": 1}),
    (4, "12:00", 60, "Team lunch", {"transparency": "transparent"}),
    (4, "13:00", 240, "Out of office", {"eventType": "outOfOffice"}),
    (7, "11:00", 60, "Board preparation", {"visibility": "private"}),
    (8, "13:00", 120, "Planning of the quarter", {"location": "Room Tegel"}),
    (9, "10:00", 45, "Supplier call", {"status": "tentative"}),
    (
        10,
        "15:00",
        60,
        "Knowledge hour",
        {"recurrence": ["RRULE:FREQ=MONTHLY;BYDAY=2TH", "RRULE:FREQ=MONTHLY;BYDAY=4TH"]},
    ),
    (11, "09:45", 60, "Portfolio review", {}),
]
HOME: list[Row] = [
    (-7, "07:00", 45, "Run", {"recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=TU,TH,SA"], "transparency": "transparent"}),
    (-6, "18:30", 90, "Choir", {"recurrence": ["RRULE:FREQ=WEEKLY"]}),
    (-5, "08:00", 30, "Take Lina to kindergarten", {"recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=WE,FR"]}),
    (0, "18:00", 60, "Dentist", {"visibility": "private", "location": "Schönhauser Allee 12"}),
    (1, "20:30", 60, "Call Mum", {}),
    (2, "19:00", 150, "Theatre", {"location": "Schaubühne"}),
    (4, "18:00", 45, "Parents’ evening", {}),
    (5, "11:00", 180, "Flea market", {"transparency": "transparent"}),
    (6, "15:00", 120, "Birthday coffee with Oma", {}),
    (8, "17:30", 60, "Physiotherapy", {"visibility": "private"}),
    (9, "17:00", 60, "Car to the garage", {}),
    (12, "09:00", 480, "Hike around the Müggelsee", {}),
]
# Day, number of days, title.
DAYS: list[tuple[int, int, str, dict[str, Any]]] = [
    (-2, 1, "Paper bin", {"recurrence": ["RRULE:FREQ=WEEKLY;INTERVAL=2"], "transparency": "transparent"}),
    (3, 1, "Release day", {"transparency": "transparent"}),
    (5, 2, "Visit from Lisbon", {"transparency": "transparent"}),
    (14, 5, "Holidays", {"transparency": "opaque"}),
    (9, 1, "Company day", {"transparency": "opaque"}),
]


def settle_in(google: Google) -> None:
    """Make the accounts of Maya, with three calendars, and of Sam, who shares one with her."""
    google.add_account(MAYA, "Maya Lindner", zone=ZONE)
    google.add_account(SAM, "Sam Okafor", zone="Europe/Lisbon")
    home = google.add_calendar(MAYA, "Home", zone=ZONE, colour="#7bd148")
    days = google.add_calendar(MAYA, "Days to remember", zone=ZONE, colour="#9a9cff")
    google.share(SAM, MAYA, "reader")
    today = google.clock.now().astimezone(ZoneInfo(ZONE)).date()
    # At a weekend people look ahead.
    monday = today + timedelta(days=7 * (today.weekday() // 5) - today.weekday())
    for row in WORK:
        google.add_event(MAYA, _event(row, monday), organizer={"email": SAM} if "attendees" in row[4] else None)
    for row in HOME:
        google.add_event(home, _event(row, monday))
    for day, length, title, more in DAYS:
        first = monday + timedelta(days=day)
        span = {"start": {"date": f"{first}"}, "end": {"date": f"{first + timedelta(days=length)}"}}
        google.add_event(days, {"summary": title, **span, **more})
    google.add_event(SAM, _event((1, "13:00", 60, "Lunch with Maya", {}), monday))
    _unlike_the_others(google, monday)


def _unlike_the_others(google: Google, monday: date) -> None:
    """This week's team meeting is later than usual, and one standup is cancelled."""
    series = {event.get("summary"): event["id"] for event in google.events(MAYA)}
    google.move_event(MAYA, _occurrence(series["Team meeting"], monday, "10:00"), hours=1)
    google.delete_event(MAYA, _occurrence(series["Standup"], monday + timedelta(days=3), "09:15"))


def _occurrence(series: str, day: date, hour: str) -> str:
    at = datetime.combine(day, time.fromisoformat(hour), ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC"))
    return f"{series}_{at:%Y%m%dT%H%M%SZ}"


def _event(row: Row, monday: date) -> dict[str, Any]:
    day, hour, minutes, title, about = row
    more = dict(about)
    zone, answer = more.pop("zone", ZONE), more.pop("attendees", None)
    first = monday + timedelta(days=day + more.pop("shift", 0))
    start = datetime.combine(first, time.fromisoformat(more.pop("at", hour)), ZoneInfo(zone))
    end = start + timedelta(minutes=minutes)
    if answer:
        guests = [{"email": SAM, "responseStatus": "accepted"}, {"email": MAYA, "responseStatus": answer}]
        more["attendees"] = guests
    span = {
        "start": {"dateTime": start.isoformat(), "timeZone": zone},
        "end": {"dateTime": end.isoformat(), "timeZone": zone},
    }
    return {"summary": title, **span, **more}
