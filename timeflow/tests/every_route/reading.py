"""Which names a page reads from what it is sent, seen while it does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from django import forms
from django.forms.forms import BaseForm
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from timeflow.tests.every_route.bodies import Body, bodies_of
from timeflow.tests.every_route.walking import ask, browser_of, undone
from timeflow.tests.routes import ALLAUTH, Route, World, values_for

# Read by Django itself before any page.
EVERYWHERE = {"csrfmiddlewaretoken"}
# All doors of a QueryDict through which one name is asked for.
DOORS = ("__getitem__", "__contains__", "get", "getlist")


@dataclass
class Reading:
    """Names asked for by a field of a form, which checks them (here with its kind), and by hand."""

    by_form: dict[str, type[forms.Field]] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)
    current: type[forms.Field] | None = None

    def note(self, name: str) -> None:
        if name in EVERYWHERE:
            return
        if self.current:
            self.by_form[name] = self.current
        else:
            self.by_hand.add(name)


@contextmanager
def reading() -> Iterator[Reading]:
    found = Reading()
    with ExitStack() as stack:
        for door in DOORS:
            stack.enter_context(mock.patch.object(QueryDict, door, _watched(found, door), create=True))
        stack.enter_context(mock.patch.object(BaseForm, "_widget_data_value", _by_form(found)))
        yield found


def _watched(found: Reading, door: str) -> Callable[..., Any]:
    original = getattr(QueryDict, door)

    def ask_for(self: QueryDict, name: str, *args: Any, **kwargs: Any) -> Any:
        found.note(name)
        return original(self, name, *args, **kwargs)

    return ask_for


def _by_form(found: Reading) -> Callable[..., Any]:
    original = BaseForm._widget_data_value

    def value_of(self: BaseForm, widget: Any, name: str) -> Any:
        found.current = next(type(each) for each in self.fields.values() if each.widget is widget)
        found.note(name)
        try:
            return original(self, widget, name)
        finally:
            found.current = None

    return value_of


@dataclass
class Trial:
    """One way to use a page: a method, an address, a good body, and the names that are read on that way."""

    client: Client
    method: str
    address: str
    body: Body
    read: Reading


def trials(route: Route, owner: User) -> list[Trial]:
    """Every way that the page takes. Who signs in is asked to do so as nobody, since whoever is in is led away."""
    world = World(owner)
    values = values_for(route, world)
    address, client, found = route.address(values), browser_of(owner, route), []
    if route.pattern.startswith(ALLAUTH) and ask(client, "GET", address).status_code == 302:
        client = browser_of(None, route)
    ways: list[tuple[str, Body]] = [("GET", {}), *(("POST", body) for body in bodies_of(route, world, values))]
    for method, body in ways:
        with reading() as read, undone():
            answer = ask(client, method, address, body)
        if answer.status_code != 405:
            found.append(Trial(client, method, address, body, read))
    return found
