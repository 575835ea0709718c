"""How much people and programs may send: every length, range and count that input is held to, in one place.

Columns, services, forms and serializers take theirs from here, so all doors agree, and the API's schema shows them.
How often somebody may ask is in `settings.RATE_LIMITS`; what bounds the effort of a parser or of the engine stands
beside it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypedDict


class Ends(TypedDict):
    min_value: int
    max_value: int


@dataclass(frozen=True)
class Range:
    """Whole numbers from `least` to `most`, both included."""

    least: int
    most: int

    def __contains__(self, number: int) -> bool:
        return self.least <= number <= self.most

    @property
    def ends(self) -> Ends:
        """What an integer field of a form or a serializer takes."""
        return {"min_value": self.least, "max_value": self.most}


# Texts, in characters.
TITLE = 200
NOTES = 10_000
LOCATION = 500
STEP = 200
LINE = 1_000
SEARCH = 200
RRULE = 200
LABEL_NAME = 50
CALENDAR_NAME = 100
PERSON_NAME = 80
TOKEN_NAME = 60
PASSKEY_NAME = 60
ZONE_NAME = 64
EMAIL = 254
ADDRESS = 1_000
APP_PASSWORD = 200
DEED = 60
NEW_LABELS = 200
FILE_NAME = 255
CURSOR = 200
IDEMPOTENCY_KEY = 100

# Numbers: minutes unless their name says otherwise.
A_DAY = 1440
TASK_MINUTES = Range(1, 10_000)
HABIT_MINUTES = Range(1, A_DAY)
BLOCK_MINUTES = Range(5, A_DAY)
DAILY_MINUTES = Range(1, A_DAY)
MORE_MINUTES = Range(5, 480)
WORKED_MINUTES = Range(0, A_DAY)
DEFAULT_MINUTES = Range(5, 480)
BUFFER_MINUTES = Range(0, 120)
DAILY_MAX_MINUTES = Range(15, A_DAY)
FREEZE_MINUTES = Range(0, A_DAY)
HORIZON_DAYS = Range(1, 26 * 7)
TOKEN_DAYS = Range(1, 365)
PRIORITY = Range(1, 4)
TINT = Range(1, 8)
WEEKDAY = Range(0, 6)
TIMES_A_WEEK = Range(1, 7)
DAYS_BETWEEN = Range(0, 6)
OCCURRENCES = Range(1, 1_000)
PAGE_SIZE = Range(1, 200)

# Dates and instants, both ends included: every zone's clock can be read there, a day before and after, too.
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2199, 12, 31)
FIRST_INSTANT, LAST_INSTANT = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

# Stretches of time.
LONGEST_QUERY = timedelta(days=366)
LONGEST_HORIZON = timedelta(days=HORIZON_DAYS.most)
LONGEST_BLOCK = timedelta(minutes=A_DAY)
LONGEST_EVENT = timedelta(days=366)
LONGEST_SERIES = timedelta(days=10 * 366)
FARTHEST_HOURS = timedelta(days=5 * 366)
OLDEST_CHECK = timedelta(days=366)
OLDEST_PLAN = timedelta(weeks=4)

# Items in one request.
TASKS_AT_ONCE = 200
TASKS_NAMED = 5_000
WINDOWS_A_DAY = 10
DATES_AT_ONCE = 366
LABELS_OF_A_TASK = 20

# Rows: of a task, then of a person.
STEPS_OF_A_TASK = 100
PREDECESSORS = 20
OPEN_TASKS = 5_000
TASKS = 50_000
LABELS = 200
ACTIVE_HABITS = 50
HABITS = 500
FILE_CALENDARS = 50
CONNECTIONS = 20
CALENDARS_OF_AN_ACCOUNT = 100
EVENTS = 50_000
SERIES = 200
STAYS = 50
API_TOKENS = 50
PLANS = 100

# Sizes, in bytes.
BODY = 256 * 1024
FILE = 5 * 1024 * 1024
