"""Text cut into tokens that remember where they stand, and what a recogniser says about some of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

# A quoted stretch, a label with a quoted name, or a run without spaces. Phones turn " into “ and ”.
_TOKEN = re.compile(r'#?["“][^"“”]*["”]|\S+')
_TAIL = ",;"


@dataclass(frozen=True, slots=True)
class Token:
    """One word: `text` as typed, `word` in lower case and without a comma or semicolon at its end."""

    text: str
    word: str
    start: int
    end: int

    @property
    def is_quoted(self) -> bool:
        return self.text[0] in '"“' and len(self.text) > 1 and self.text[-1] in '"”'


def tokens(text: str) -> list[Token]:
    """The words of `text` in order, in time linear in its length."""
    return [
        Token(match[0], match[0].rstrip(_TAIL).lower() or match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


@dataclass(frozen=True, slots=True)
class Setting:
    """What a text is read against: the person's date, zone, first weekday (Monday 0) and "12" or "24" hour clock."""

    today: date
    tz: ZoneInfo
    week_start: int
    clock: str


@dataclass(frozen=True, slots=True)
class Match:
    """Tokens [start, end) were understood as one thing. Of several of one kind the highest `rank` counts, then the
    last. A `weak` one counts only where no plain word follows it."""

    kind: str
    start: int
    end: int
    fields: Mapping[str, object]
    words: str
    rank: int = 0
    is_weak: bool = False
    warning: str = field(default="")


Recogniser = Callable[["Words", int, Setting], Match | None]


class Words:
    """The tokens of a text, safe to look at beyond their end; a quoted stretch reads as no word at all."""

    def __init__(self, all_tokens: list[Token]) -> None:
        self.tokens = all_tokens
        self._words = ["" if token.is_quoted else token.word for token in all_tokens]

    def __len__(self) -> int:
        return len(self.tokens)

    def __getitem__(self, index: int) -> str:
        """The word at `index`, "" before the first, beyond the last and for quoted text."""
        return self._words[index] if 0 <= index < len(self._words) else ""

    def starts(self, index: int, phrase: str) -> int:
        """The index after `phrase` if its words stand at `index`, else 0."""
        first = self[index]
        if not first or not phrase.startswith(first):
            return 0
        wanted = phrase.split(" ")
        end = index + len(wanted)
        return end if self._words[index:end] == wanted else 0
