"""Bytes or text cut into a header and rows that know their line, whatever spreadsheet wrote them.

UTF-8 with or without a byte order mark (UTF-16 with one), commas, Excel's semicolons or tabs, quoted line breaks.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from timeflow.lib import bounds

MAX_ROWS = 10_000
MAX_COLUMNS = 100
MAX_CELL = 100_000
DELIMITERS = ",;\t"
WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where: the line in the file (from 1), the column by its name or "", a sentence."""

    line: int
    column: str
    reason: str


class BadCell(ValueError):
    """A cell that is not understood; `str()` is the reason. Readers of cells raise it."""


class BadTable(ValueError):
    """The file is no table that can be read further."""

    def __init__(self, line: int, reason: str) -> None:
        self.problem = Problem(line, "", reason)
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it begins on, and its cells by column name, white space around them removed."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The header's names (upper case, spaces as underscores) and the rows that are not empty."""

    line: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def table(source: str | bytes) -> Table:
    """Raises `BadTable` with the first thing that makes the file unreadable."""
    text = _text(source)
    lines = iter(_records(text))
    header_line, header = next(lines, (1, []))
    columns = _columns(header, header_line)
    rows: list[Row] = []
    for line, cells in lines:
        if any(cells[len(columns) :]):
            raise BadTable(line, "This row has more cells than there are columns; is a quote or a comma missing?")
        if len(rows) == MAX_ROWS:
            raise BadTable(line, f"The file has more than {MAX_ROWS:,} rows.")
        rows.append(Row(line, dict(zip(columns, cells, strict=False))))
    return Table(header_line, columns, tuple(rows))


def _columns(header: list[str], line: int) -> tuple[str, ...]:
    names = [name.upper().replace(" ", "_") for name in header]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise BadTable(1, "The file is empty.")
    if len(names) > MAX_COLUMNS:
        raise BadTable(line, f"There are more than {MAX_COLUMNS} columns.")
    for name in names:
        if names.count(name) > 1:
            raise BadTable(line, f"There are two columns called “{name[:40]}”.")
    return tuple(names)


def _text(source: str | bytes) -> str:
    size = len(source.encode(errors="surrogatepass")) if isinstance(source, str) else len(source)
    if size > bounds.FILE:
        raise BadTable(1, f"The file is larger than {bounds.FILE // 1024 // 1024} MB.")
    if isinstance(source, str):
        text = source.removeprefix("\ufeff")
    elif source.startswith(WORKBOOK):
        raise BadTable(1, "This is a workbook (.xlsx) or another packed file. Save the sheet as “CSV UTF-8”.")
    else:
        encoding = "utf-16" if source[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
        try:
            text = source.decode(encoding)
        except UnicodeDecodeError as error:
            line = source[: error.start].count(b"\n") + 1
            raise BadTable(line, "This is not text in UTF-8. Save the sheet as “CSV UTF-8”.") from None
    if text.lstrip().startswith("<"):
        raise BadTable(1, "This is a web page and not a spreadsheet.")
    if "\x00" in text:
        raise BadTable(text[: text.index("\x00")].count("\n") + 1, "This is not a text file.")
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(line, cells) of every row that is not empty."""
    start = 0
    if text[:4].lower() == "sep=":
        start = text.find("\n") + 1
    first = text[start:].split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text[start:], newline=""), delimiter=delimiter, strict=True)
    before = text[:start].count("\n")
    while True:
        line = before + reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise BadTable(line, f"The quotes or separators of this row do not fit ({error}).") from None
        if any(len(cell) > MAX_CELL for cell in cells):
            raise BadTable(line, f"A cell has more than {MAX_CELL:,} characters.")
        if any(cells):
            yield line, cells
