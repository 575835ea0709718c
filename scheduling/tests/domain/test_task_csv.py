import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.task_csv import MAX_PROBLEMS, parse
from timeflow.lib import bounds

TUESDAY = date(2026, 11, 24)
BERLIN = ZoneInfo("Europe/Berlin")
EXPORT = (
    "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,"
    "DURATION,DURATION_UNIT,DEADLINE,DEADLINE_LANG\r\n"
)


def sheet(source):
    return parse(source, default_minutes=30, today=TUESDAY, tz=BERLIN)


def rows(source):
    found = sheet(source)
    assert found.problems == ()
    return found.rows


def problems(source):
    found = sheet(source)
    assert found.rows == ()
    return [(problem.line, problem.column, problem.reason) for problem in found.problems]


def exported(*lines):
    return EXPORT + "".join(line + "\r\n" for line in lines)


def test_a_todoist_project_becomes_tasks():
    garden, ferns, compost = rows(
        exported(
            "meta,view_style=list,,,,,,,,,,,,",
            "task,Repot the basil @home @week-end,Clay pot,1,1,Kai (4),,Oct 5 2027 18:00,en,Africa/Cairo,90,minute,,",
            "task,Buy compost,peat-free,4,2,Kai (4),,,en,,,None,,",
            "note,Not the cheap one,,,,Kai (4),,,,,,,,",
            ",,,,,,,,,,,,,",
            "section,Weekly,,,,,,,,,,,,",
            "task,Water the ferns,,2,1,Kai (4),,every monday at 9am,en,,,,,",
            'task,"Order seeds, ""heirloom"" kind",,,1,Kai (4),,,en,,2,day,2026-12-24,en',
        )
    )
    assert (garden.title, garden.minutes, garden.priority) == ("Repot the basil", 90, 1)
    assert garden.due == datetime(2027, 10, 5, 15, tzinfo=UTC)
    assert garden.labels == ("home", "week-end")
    assert garden.checklist == ("Buy compost",)
    assert garden.notes == "Clay pot\n\nBuy compost: peat-free\n\nBuy compost: Not the cheap one"
    assert (ferns.recurrence, ferns.labels, ferns.priority) == ("FREQ=WEEKLY;BYDAY=MO", ("Weekly",), 2)
    assert ferns.due == datetime(2026, 11, 30, 8, tzinfo=UTC)
    assert (compost.title, compost.priority) == ('Order seeds, "heirloom" kind', None)
    assert (compost.minutes, compost.due) == (30, date(2026, 12, 24))


def test_a_sub_task_with_a_time_of_its_own_is_a_task_that_says_what_it_belongs_to():
    move, boxes = rows(
        exported(
            "task,Move house,,1,1,,,,,,,,,",
            "task,Boxes,,2,2,,,2026-12-01,en,,,,,",
            "task,Buy tape,,4,3,,,,,,,,,",
            "task,Tell people,,4,2,,,,,,,,,",
        )
    )
    assert move.checklist == ("Tell people",)
    assert (boxes.notes, boxes.checklist) == ("Part of “Move house”.", ("Buy tape",))


def test_with_a_deadline_the_date_is_when_the_task_may_start():
    (task,) = rows(exported("task,x,,1,1,,,2026-12-01,en,,,,2026-12-24,en"))
    assert (task.earliest, task.due) == (date(2026, 12, 1), date(2026, 12, 24))


@pytest.mark.parametrize(
    ("written", "due", "recurrence"),
    [
        ("2026-12-24", date(2026, 12, 24), None),
        ("24 Dec 2026", date(2026, 12, 24), None),
        ("Dec 24", date(2026, 12, 24), None),
        ("20 Nov", date(2026, 11, 20), None),
        ("20 Nov 12:00", datetime(2026, 11, 20, 11, tzinfo=UTC), None),
        ("2026-12-24 18:30", datetime(2026, 12, 24, 17, 30, tzinfo=UTC), None),
        ("2026-12-24T18:30:00", datetime(2026, 12, 24, 17, 30, tzinfo=UTC), None),
        ("2026-12-24T18:30:00Z", datetime(2026, 12, 24, 18, 30, tzinfo=UTC), None),
        ("tomorrow", date(2026, 11, 25), None),
        ("every! 3 days", TUESDAY, "FREQ=DAILY;INTERVAL=3"),
        ("ev workday", TUESDAY, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("every mon, fri at 20:00", datetime(2026, 11, 27, 19, tzinfo=UTC), "FREQ=WEEKLY;BYDAY=MO,FR"),
        ("every month on the 5th", date(2026, 12, 5), "FREQ=MONTHLY;BYMONTHDAY=5"),
    ],
)
def test_dates_of_an_export(written, due, recurrence):
    (task,) = rows(exported(f'task,x,,1,1,,,"{written}",en,,,,,'))
    assert (task.due, task.recurrence) == (due, recurrence)


def test_an_attachment_is_left_out_of_a_note():
    (task,) = rows(exported("task,x,,1,1,,,,,,,,,", 'note,See [[file {""a"": 1}]],,,,,,,,,,,,'.replace('""', "'")))
    assert task.notes == "See"


def test_a_title_that_is_too_long_is_cut_and_kept_whole_in_the_notes():
    (task,) = rows(exported(f"task,{'word ' * 60},,1,1,,,,,,,,,"))
    assert len(task.title) <= 200
    assert task.title.endswith("…")
    assert task.notes == ("word " * 60).strip()


def test_the_plain_form_is_read_in_any_order_and_case():
    report, print_it = rows(
        "Minutes,Title,Depends on,Due,Earliest Start,Labels,Notes,Splittable,Recurrence,Preferred,Checklist,Priority\n"
        '1h30,Report,,fri 17:00,2026-11-25,"thesis, Work","two\nlines",yes,every monday,morning,Ask|Write,urgent\n'
        ",Print it,report,2026-12-24,,,,,,,,\n"
    )
    assert (report.line, report.title, report.minutes, report.priority) == (2, "Report", 90, 1)
    assert report.due == datetime(2026, 11, 27, 16, tzinfo=UTC)
    assert report.earliest == date(2026, 11, 25)
    assert (report.labels, report.notes, report.is_splittable) == (("thesis", "Work"), "two\nlines", True)
    assert (report.recurrence, report.preferred) == ("FREQ=WEEKLY;BYDAY=MO", "morning")
    assert report.checklist == ("Ask", "Write")
    assert (print_it.line, print_it.minutes, print_it.priority, print_it.depends_on) == (4, 30, None, (0,))
    assert print_it.due == date(2026, 12, 24)


@pytest.mark.parametrize(
    "source",
    [
        "title,minutes\nCafé,5\n",
        "title,minutes\nCafé,5\n".encode(),
        "title,minutes\r\nCafé,5\r\n".encode("utf-8-sig"),
        "title,minutes\nCafé,5\n".encode("utf-16"),
        "title;minutes\nCafé;5",
        "title\tminutes\nCafé\t5",
        "sep=;\r\ntitle;minutes\r\nCafé;5\r\n",
        "\ntitle,minutes\n\n,\nCafé,5\n",
        "title,minutes,,\nCafé,5,,\n",
    ],
)
def test_whatever_spreadsheet_wrote_it(source):
    (task,) = rows(source)
    assert (task.title, task.minutes) == ("Café", 5)


def test_lines_are_counted_as_an_editor_shows_them():
    assert problems('sep=,\ntitle,minutes\n"a\nb",1\nc,zero\n') == [
        (5, "minutes", "“zero” is no length; write minutes, or 1h30.")
    ]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",5", "title", "needs a title"),
        ("x,0", "minutes", "between 1 and 10,000"),
        ("x,-5", "minutes", "no length"),
        ("x,10001", "minutes", "between 1 and 10,000"),
        ("x,99999999999999999999", "minutes", "no length"),
        ("x,,5", "priority", "no priority"),
        ("x,,,31 Nov", "due", "no date"),
        ("x,,,jeden Montag", "due", "no date"),
        ("x,,,every monday", "due", "no date"),
        ("x,,,2026-12-01,2026-12-02", "due", "before it may start"),
        ("x,,,,,maybe", "splittable", "neither yes nor no"),
        ("x,,,,,,FREQ=HOURLY", "recurrence", "FREQ must be"),
        ("x,,,,,,now and then", "recurrence", "no recurrence"),
        ("x,,,,,,,y", "depends_on", "no title in this file"),
        ("x,,,,,,,x", "depends_on", "for ever"),
        (f"{'x' * 201},", "title", "at most 200"),
    ],
)
def test_a_bad_cell_is_named_with_its_line_and_reason(row, column, reason):
    header = "title,minutes,priority,due,earliest_start,splittable,recurrence,depends_on\n"
    found = problems(header + row + "\n")
    assert [(line, name) for line, name, _ in found] == [(2, column)]
    assert reason in found[0][2]


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("chore,x,,,,,,,,,,,,", "type", "not task, section or note"),
        ("note,x,,,,,,,,,,,,", "type", "no task above"),
        ("task,@a,,,,,,,,,,,,", "content", "needs a title"),
        ("task,x,,9,,,,,,,,,,", "priority", "no priority"),
        ("task,x,,,7,,,,,,,,,", "indent", "no indent"),
        ("task,x,,,,,,jeden Montag,de,,,,,", "date", "no date"),
        ("task,x,,,,,,tomorrow,en,Mars/Olympus,,,,", "timezone", "no time zone"),
        ("task,x,,,,,,,,,0,minute,,", "duration", "between 1 and"),
    ],
)
def test_a_bad_cell_of_an_export_is_named_too(row, column, reason):
    found = problems(exported(row))
    assert [(line, name) for line, name, _ in found] == [(2, column)]
    assert reason in found[0][2]


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        (b"", 1, "empty"),
        (b"title,minutes\n\xff\xfe,5\n", 2, "UTF-8"),
        (b"PK\x03\x04\x00\x00", 1, "a workbook"),
        (b"title\na\x00b", 2, "not a text file"),
        (b"<!doctype html>", 1, "a web page"),
        ("name,length\nx,5\n", 1, "no column “title”"),
        ("title,title\nx,5\n", 1, "two columns"),
        ("title,minutes\nx,5,7\n", 2, "more cells"),
        (",".join(f"c{number}" for number in range(400_000)), 1, "more than 100 columns"),
        ('title,minutes\n"x,5\n', 2, "quotes"),
        ('title,minutes\n"x"y,5\n', 2, "quotes"),
        ("title,minutes\n", 1, "no tasks"),
        ("title,due date\nx,\n", 1, "not known"),
        ("title\n" + "x\n" * 10_001, 10_002, "more than 10,000 rows"),
        (b"title\n" + b"x" * bounds.FILE, 1, "larger than 5 MB"),
        ("title\n" + "x" * 200_000, 2, "quotes or separators"),
    ],
)
def test_a_file_that_is_no_table_of_tasks_says_why(source, line, reason):
    found = problems(source)
    assert [number for number, _, _ in found] == [line]
    assert reason in found[0][2]


def test_a_cycle_is_told_at_every_row_of_it():
    found = problems("title,depends_on\na,b\nb,c\nc,a\nd,a\n")
    assert [line for line, _, _ in found] == [2, 3, 4]


def test_a_predecessor_with_a_title_of_two_rows_is_refused():
    assert "several rows" in problems("title,depends_on\na,\na,\nb,A\n")[0][2]


def test_only_so_many_problems_are_listed():
    found = problems("title,minutes\n" + "x,0\n" * 250)
    assert len(found) == MAX_PROBLEMS + 1
    assert found[-1][2] == "From here on there are 150 more."


CELLS = st.sampled_from(
    ["task", "section", "note", "x @a", "1", "2", "every day", "2026-12-24", '"', "\n", ",", ";", "|", "x", "\x00", "é"]
)


@given(st.one_of(st.text(), st.binary(), st.lists(CELLS).map(lambda cells: EXPORT + ",".join(cells))))
@settings(max_examples=300, deadline=None)
def test_any_file_gives_rows_or_problems_and_never_both(source):
    found = sheet(source)
    assert bool(found.rows) != bool(found.problems)


def test_the_largest_file_is_read():
    assert len(rows("title,minutes,due\n" + "write a page,1h30,fri 17:00\n" * 10_000)) == 10_000


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"title" + b",x" * 500_000 + b"\na", "There are more than 100 columns."),
        (b"title,depends_on\n" + (b"a," + b"b|" * 49_000 + b"\n") * 50, "A task waits for at most 20 others."),
        (b"TYPE,CONTENT\ntask,a\n" + (b"note,x" + b" " * 98_000 + b"y\n") * 50, "Description and comments together"),
        (
            b"TYPE,CONTENT\ntask,a\n" + (b"note," + b"[[file " * 14_000 + b"\n") * 50,
            "Description and comments together",
        ),
        (b'title\n"' + b"x\n" * 2_000_000, "The quotes or separators of this row do not fit"),
    ],
)
def test_no_file_keeps_us_busy(raw, reason):
    begun = time.process_time()
    found = sheet(raw)
    assert time.process_time() - begun < 5
    assert found.problems[0].reason.startswith(reason)


def test_columns_without_a_name_behind_the_last_are_none():
    begun = time.process_time()
    (row,) = sheet(b"title" + b"," * 2_000_000 + b"\na").rows
    assert row.title == "a"
    assert time.process_time() - begun < 5
