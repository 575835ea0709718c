"""What every app keeps of a person, and what it does when their account is exported, closed or erased.

Each app registers one `Part` in `ready()`, from the lowest app to the highest, and erasing goes back from the highest.
A test walks every table of the database and fails for one that no part declares.
"""

import uuid
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import IO, Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet, TextField
from django.db.models.functions import Cast

from timeflow.lib.models import Errand, IdempotentRequest

PAGE = 1000


@dataclass(frozen=True)
class Table:
    """Rows of people: `owner` is the lookup that leads to the person's id.

    An export holds them as `<file>.json`, which `about` explains, but for the columns in `without` (name: reason).
    A table without `file` is in no export, and `about` says why.
    """

    model: type[Model]
    owner: str
    file: str = ""
    about: str = ""
    without: Mapping[str, str] = field(default_factory=dict)

    def of(self, user_id: uuid.UUID) -> QuerySet[Any]:
        return self.model._base_manager.filter(**{self.owner: user_id})

    @property
    def columns(self) -> list[str]:
        return [column.attname for column in self.model._meta.concrete_fields if column.attname not in self.without]

    def rows(self, user_id: uuid.UUID) -> Iterator[dict[str, Any]]:
        for row in page_by_page(self.of(user_id).values("pk", *self.columns)):
            yield {name: row[name] for name in self.columns}


def page_by_page(rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
    """`rows`, which are dicts with their `pk`, by ascending id and never all in memory.

    `iterator()` would not do: behind a pool of connections there are no cursors on the server.
    """
    rows = rows.order_by("pk")
    page = list(rows[:PAGE])
    while page:
        yield from page
        page = list(rows.filter(pk__gt=page[-1]["pk"])[:PAGE])


class Archive:
    """The zip file of an export, written piece by piece, so that it is never in memory as a whole."""

    def __init__(self, to: IO[bytes], now: datetime) -> None:
        self._zip = zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED)
        self.now = now
        self._contents: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Where an export broke off too: else it would be closed some time later, when the file is gone.
        self._zip.close()

    def add_rows(self, name: str, about: str, rows: Iterable[dict[str, Any]]) -> None:
        """A JSON array, a row a line. Text stays as it was written."""
        encoder = DjangoJSONEncoder(ensure_ascii=False)
        lines = ((",\n" if number else "\n") + encoder.encode(row) for number, row in enumerate(rows))
        self.add(f"{name}.json", about, (part.encode() for part in _between("[", lines, "\n]\n")))

    def add(self, name: str, about: str, pieces: Iterable[bytes]) -> None:
        self._contents.append((name, about))
        entry = zipfile.ZipInfo(name, self.now.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self._zip.open(entry, "w") as file:
            for piece in pieces:
                file.write(piece)

    def introduce(self, introduction: str) -> None:
        """Add README.txt, which lists what is there."""
        width = max(len(name) for name, _about in self._contents)
        listed = [f"{name:<{width}}  {about}\n" for name, about in self._contents]
        self.add("README.txt", "", [introduction.encode(), *(line.encode() for line in listed)])


class Part:
    """What one app has to do with a person's account. A subclass says more where its tables do not say it all."""

    # Those that lean on others come first.
    tables: Sequence[Table] = ()

    def export(self, user_id: uuid.UUID, archive: Archive) -> None:
        for table in self.tables:
            if table.file:
                archive.add_rows(table.file, table.about, table.rows(user_id))

    def close(self, user_id: uuid.UUID, now: datetime) -> None:
        """What stops at once when the person asks for deletion; in the transaction that notes their wish."""

    def release(self, user_id: uuid.UUID, now: datetime) -> None:
        """Give back what others granted, before the rows go. Outside a transaction; tried again if it raises."""

    def erase(self, user_id: uuid.UUID) -> None:
        for table in self.tables:
            table.of(user_id).delete()


class SharedPart(Part):
    """The shared kernel's own rows."""

    tables = (Table(IdempotentRequest, "owner", about="copies of answers to programs, which go after a day"),)

    def erase(self, user_id: uuid.UUID) -> None:
        super().erase(user_id)
        errands = Errand.objects.annotate(named=Cast("args", TextField())).filter(named__contains=str(user_id))
        errands.delete()


_parts: list[Part] = []


def register(part: Part) -> None:
    _parts.append(part)


def tables() -> list[Table]:
    return [table for part in _parts for table in part.tables]


def export(user_id: uuid.UUID, archive: Archive) -> None:
    for part in _parts:
        part.export(user_id, archive)


def close(user_id: uuid.UUID, now: datetime) -> None:
    for part in _parts:
        part.close(user_id, now)


def release(user_id: uuid.UUID, now: datetime) -> None:
    for part in _parts:
        part.release(user_id, now)


def erase(user_id: uuid.UUID) -> None:
    """Every row of the person, the person among them; within the caller's transaction."""
    for part in reversed(_parts):
        part.erase(user_id)


def _between(first: str, middle: Iterable[str], last: str) -> Iterator[str]:
    yield first
    yield from middle
    yield last
