"""Whatever comes in has an end, it stands in one place, and the API's schema tells it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from timeflow.lib import bounds
from timeflow.tests.routes import all_routes

ROOT = Path(settings.BASE_DIR)
APPS = ("accounts", "availability", "billing", "assistant", "scheduling", "timeflow")
ENDS = {"max_length", "min_length", "max_value", "min_value"}
WRITTEN_IN = ("forms", "serializers", "api", "views")


def inputs() -> Iterator[tuple[str, serializers.Serializer]]:
    """Everything that a handler of the API declares to take."""
    for route in all_routes():
        if not route.is_api:
            continue
        for method in getattr(route.view, "cls", route.view).http_method_names:
            accepted = getattr(getattr(route.view.cls, method, None), "accepts", None)
            for taken in (accepted and (accepted.body, accepted.query)) or ():
                if taken:
                    yield f"{method} {route.name}", taken()


def unbounded(field: serializers.Field, path: str) -> Iterator[str]:
    """The paths of fields that take anything of any size."""
    if isinstance(field, serializers.Serializer):
        for name, part in field.fields.items():
            yield from unbounded(part, f"{path}.{name}")
    elif isinstance(field, serializers.ListField | serializers.ListSerializer):
        yield from [] if field.max_length else [path]
        yield from unbounded(field.child, f"{path}[]")
    elif isinstance(field, serializers.RegexField):
        return
    elif isinstance(field, serializers.CharField):
        yield from [] if field.max_length else [path]
    elif isinstance(field, serializers.IntegerField):
        yield from [] if field.max_value is not None and field.min_value is not None else [path]
    elif isinstance(field, serializers.FloatField | serializers.DecimalField | serializers.DictField):
        yield path


def test_every_field_of_the_api_has_an_end():
    found = {place: list(unbounded(taken, "")) for place, taken in inputs()}
    assert len(found) > 40
    assert not {place: paths for place, paths in found.items() if paths}, (
        "give each its max_length, or min_value and max_value, from timeflow.lib.bounds"
    )


def form_classes(kind: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for form in kind.__subclasses__():
        yield form
        yield from form_classes(form)


def is_ours(form: type) -> bool:
    app, *rest = form.__module__.split(".")
    return app in APPS and "tests" not in rest


def own_fields(form: type[forms.BaseForm]) -> dict[str, forms.Field]:
    """Without those that another package's form brought along."""
    theirs = {name for base in form.__mro__ if not is_ours(base) for name in getattr(base, "base_fields", {})}
    return {name: field for name, field in getattr(form, "base_fields", {}).items() if name not in theirs}


def test_every_field_of_our_pages_has_an_end():
    ours = {form for form in form_classes(forms.BaseForm) if is_ours(form)}
    assert len(ours) > 15
    faults = [
        f"{form.__name__}.{name}"
        for form in ours
        for name, field in own_fields(form).items()
        if (type(field) is forms.CharField and not field.max_length)
        or (type(field) is forms.IntegerField and None in (field.min_value, field.max_value))
    ]
    assert not faults, "give each its max_length, or min_value and max_value, from timeflow.lib.bounds"


def test_no_form_and_no_serializer_has_a_length_of_its_own():
    files = [
        path
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "tests" not in path.parts and set(path.with_suffix("").parts).intersection(WRITTEN_IN)
    ]
    faults = [
        f"{path.relative_to(ROOT)}:{word.value.lineno} {word.arg}"
        for path in files
        for word in ast.walk(ast.parse(path.read_text()))
        if isinstance(word, ast.keyword) and word.arg in ENDS
        if isinstance(word.value, ast.Constant) and word.value.value not in (None, 0, 1)
    ]
    assert not faults, "name it in timeflow/lib/bounds.py"


def test_every_bound_is_used():
    used = {
        name
        for app in APPS
        for path in (ROOT / app).rglob("*.py")
        if "tests" not in path.parts
        for name in re.findall(r"\bbounds\.([A-Z_]+)", path.read_text())
    }
    own = {name for name in vars(bounds) if name.isupper() and name != "UTC"}
    assert own - used == set(), "a bound that holds nothing: take it out"


def parts(schema: dict, path: str, components: dict) -> Iterator[tuple[str, dict]]:
    """All plain values that a schema of input describes, with their paths."""
    if "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    for each in schema.get("allOf", []) + schema.get("oneOf", []):
        yield from parts(each, path, components)
    for name, part in schema.get("properties", {}).items():
        yield from parts(part, f"{path}.{name}", components)
    if schema.get("type") == "array":
        yield path, schema
        yield from parts(schema["items"], f"{path}[]", components)
    elif schema.get("type") in ("string", "integer"):
        yield path, schema


def is_told(schema: dict) -> bool:
    """Whether a reader of the schema knows where it ends."""
    needed = {"string": ("maxLength",), "integer": ("minimum", "maximum"), "array": ("maxItems",)}[schema["type"]]
    return any(word in schema for word in ("enum", "pattern", "format")) or all(word in schema for word in needed)


def asked_in(operation: dict, components: dict) -> Iterator[tuple[str, dict]]:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        yield from parts(content["schema"], "body", components)
    for parameter in operation.get("parameters", []):
        yield from parts(parameter["schema"], parameter["name"], components)


def test_the_schema_tells_every_end():
    schema = SchemaGenerator().get_schema(public=True)
    components = schema["components"]["schemas"]
    silent = [
        f"{method} {address} {path}"
        for address, operations in schema["paths"].items()
        for method, operation in operations.items()
        for path, part in asked_in(operation, components)
        if not is_told(part)
    ]
    assert not silent
    title = components["TaskInRequest"]["properties"]["title"]
    assert (title["maxLength"], title["minLength"]) == (bounds.TITLE, 1)


@pytest.mark.parametrize(("number", "is_in"), [(0, False), (1, True), (8, True), (9, False)])
def test_a_range_includes_both_its_ends(number, is_in):
    assert (number in bounds.TINT) is is_in
    field = forms.IntegerField(**bounds.TINT.ends)
    assert (field.min_value, field.max_value) == (1, 8)
