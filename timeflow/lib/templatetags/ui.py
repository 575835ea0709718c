"""Tags and filters of the pages. Built in: no `{% load %}`.

Tags about time speak through `person_clock`, which a context processor provides on every page of a signed-in person.
"""

from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from timeflow.lib import words
from timeflow.lib.icons import icon as icon_svg
from timeflow.lib.words import PersonClock

register = template.Library()
register.simple_tag(icon_svg, name="icon")
register.filter("duration", words.duration)
register.filter("lateness", words.lateness)

CONTROL_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.CheckboxSelectMultiple, ""),
    (forms.RadioSelect, ""),
    (forms.CheckboxInput, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
)


@register.filter
def count(number: int, noun: str) -> str:
    """`{{ 3|count:"block" }}` → "3 blocks"; an odd plural goes after a comma: `"person,people"`."""
    name, _, plural = noun.partition(",")
    return words.count(number, name, plural)


def _clock(context: Context) -> PersonClock:
    return context["person_clock"]


@register.simple_tag(takes_context=True)
def clock(context: Context, instant: datetime) -> SafeString:
    """ "9:30", with the instant for programs to read."""
    return _time(instant, _clock(context).time(instant))


@register.simple_tag(takes_context=True)
def moment(context: Context, instant: datetime) -> SafeString:
    """ "Fri 10:00"."""
    return _time(instant, _clock(context).moment(instant))


@register.simple_tag(takes_context=True)
def since(context: Context, instant: datetime) -> SafeString:
    """ "5 min ago"."""
    return _time(instant, _clock(context).since(instant))


def _time(instant: datetime, said: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', instant.isoformat(), said)


@register.simple_tag(takes_context=True)
def day(context: Context, on: date | datetime) -> str:
    """ "today", "tomorrow", "Fri 24 April"."""
    return _clock(context).day(on)


@register.simple_tag(takes_context=True)
def days(context: Context, first: date, last: date) -> str:
    """ "20 – 24 April"; of instants the person's dates."""
    clock = _clock(context)
    first, last = (clock.date_of(on) if isinstance(on, datetime) else on for on in (first, last))
    return words.days(first, last, clock.today)


@register.simple_tag(takes_context=True)
def when(context: Context, start: datetime, end: datetime) -> str:
    """ "Fri 10:00 – 11:30"."""
    return _clock(context).when(start, end)


@register.simple_tag(takes_context=True)
def hours(context: Context, start: datetime, end: datetime) -> str:
    """ "10:00 – 11:30"."""
    return _clock(context).hours(start, end)


@register.simple_tag(takes_context=True)
def due(context: Context, task: Any) -> str:
    """When a task is due, "" if never: "today", "Fri 17:00"."""
    return _clock(context).due(task.due_at, task.due_on)


@register.simple_tag(takes_context=True)
def minute_of_day(context: Context, minute: int) -> str:
    """A wall-clock reading in minutes after 0:00: "9:00"."""
    return words.minute_of_day(minute, _clock(context).clock)


@register.simple_tag
def control(field: BoundField, **attrs: Any) -> SafeString:
    """The widget of a form field with our classes; extra attributes by keyword (`data_x` becomes `data-x`).

    A placeholder that only repeats the field's name, as other packages like them, is left out.
    """
    widget = field.field.widget
    if widget.attrs.get("placeholder") == field.label:
        attrs.setdefault("placeholder", False)
    look = next(look for kind, look in CONTROL_CLASSES if isinstance(widget, kind))
    given = " ".join(filter(None, [look, widget.attrs.get("class"), attrs.pop("class", None)]))
    named = {name.replace("_", "-"): value for name, value in attrs.items()}
    return field.as_widget(attrs={**named, **({"class": given} if given else {})})


@register.filter
def is_check(field: BoundField) -> bool:
    """A single box to tick, whose label stands behind it."""
    widget = field.field.widget
    return isinstance(widget, forms.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Several inputs under one legend."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.simple_tag(takes_context=True)
def here(context: Context, name: str, also: str = "") -> SafeString | str:
    """`aria-current="page"` on the link to section `name` ("tasks", also for "task" and "tasks-add").

    Routes that begin with `also` belong to the section, too.
    """
    match = getattr(context.get("request"), "resolver_match", None)
    at = (match and match.url_name) or ""
    if at == name:
        return SafeString('aria-current="page"')
    one = name.removesuffix("s")
    inside = at == one or at.startswith((f"{name}-", f"{one}-")) or (also and at.startswith(also))
    return SafeString('aria-current="true"') if inside else ""
