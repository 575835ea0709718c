from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from timeflow.lib.icons import icon
from timeflow.lib.words import PersonClock

NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
FRIDAY = datetime(2026, 4, 24, 8, tzinfo=UTC)


def shown(source: str, **context) -> str:
    clock = PersonClock(lambda _instant: ZoneInfo("Europe/Berlin"), "24", NOW)
    return Template(source).render(Context({"person_clock": clock, **context}))


def test_lengths_and_counts_are_filters():
    assert shown("{{ 75|duration }}, {{ 30|lateness }}") == "1 h 15, 30 min late"
    assert shown('{{ 2|count:"block" }}, {{ 2|count:"person,people" }}') == "2 blocks, 2 people"


def test_an_instant_is_shown_in_words_and_kept_for_programs():
    page = shown("{% clock at %}", at=FRIDAY)
    assert page == '<time datetime="2026-04-24T08:00:00+00:00">10:00</time>'
    assert ">Fri 10:00<" in shown("{% moment at %}", at=FRIDAY)


def test_stretches_days_and_dues_are_plain_words():
    end = datetime(2026, 4, 24, 9, 30, tzinfo=UTC)
    task = SimpleNamespace(due_at=None, due_on=date(2026, 4, 22))
    assert shown("{% when at end %}", at=FRIDAY, end=end) == "Fri 10:00 – 11:30"
    assert shown("{% hours at end %}", at=FRIDAY, end=end) == "10:00 – 11:30"
    assert shown("{% day at %}", at=FRIDAY) == "Fri 24 April"
    assert shown("{% due task %}", task=task) == "tomorrow"
    assert shown("{% minute_of_day 540 %}") == "9:00"


def test_an_icon_is_decorative_and_an_unknown_one_is_a_mistake():
    assert 'aria-hidden="true"' in icon("calendar-days")
    with pytest.raises(KeyError):
        icon("no-such-icon")


class SampleForm(forms.Form):
    title = forms.CharField(help_text="A few words")
    wanted = forms.BooleanField()


def test_a_field_ties_its_help_and_its_mistake_to_the_control():
    page = shown('{% include "partials/_field.html" with field=form.title %}', form=SampleForm({"title": ""}))
    assert 'class="form-control"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_title_helptext id_title_error"' in page
    assert 'id="id_title_helptext"' in page
    assert 'id="id_title_error"' in page


def test_a_box_to_tick_stands_before_its_label():
    page = shown('{% include "partials/_field.html" with field=form.wanted %}', form=SampleForm())
    assert page.index("form-check-input") < page.index("<label")


@pytest.mark.parametrize(
    ("route", "marked"),
    [("tasks", 'aria-current="page"'), ("task-detail", 'aria-current="true"'), ("today", ""), ("taskssomething", "")],
)
def test_the_frame_marks_the_section_one_is_in(route, marked):
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(url_name=route)
    assert shown('{% here "tasks" %}', request=request) == marked


def test_a_placeholder_that_repeats_the_name_is_left_out_and_another_one_stays():
    class Form(forms.Form):
        code = forms.CharField(label="Code", widget=forms.TextInput(attrs={"placeholder": "Code"}))
        zone = forms.CharField(label="Zone", widget=forms.TextInput(attrs={"placeholder": "Europe/Lisbon"}))

    assert "placeholder" not in shown("{% control form.code %}", form=Form())
    assert 'placeholder="Europe/Lisbon"' in shown("{% control form.zone %}", form=Form())
