"""What forms and the API say about a value that they cannot take, in our words instead of the frameworks'.

A field that knows better says so itself, through its `error_messages`.
"""

from collections.abc import Mapping

from django import forms
from django.core import validators
from django.db import models
from rest_framework import relations, serializers

NEEDED = "This is needed."
NUMBER = "Write a whole number."
CHOICE = "Choose one of those that are offered."
FILE = "Choose a file."
NOT_TEXT = "This holds a character that is not text."
DATE = "This is not a date."
E_MAIL = "This is not an e-mail address."
INSTANT = "Write an instant such as 2026-04-21T09:00:00+02:00."
LIST = "Give a list."
NO_ROW = "There is nothing with this id."

Words = Mapping[type, Mapping[str, str]]

OF_FIELDS: Words = {
    models.Field: {"blank": NEEDED, "null": NEEDED, "invalid_choice": CHOICE},
    forms.Field: {"required": NEEDED},
    forms.IntegerField: {"invalid": NUMBER},
    forms.DateField: {"invalid": DATE},
    forms.TimeField: {"invalid": "This is not a time of day."},
    forms.DateTimeField: {"invalid": "This is not a date with a time of day."},
    forms.ChoiceField: {"invalid_choice": CHOICE},
    forms.MultipleChoiceField: {"invalid_choice": CHOICE, "invalid_list": CHOICE},
    forms.ModelChoiceField: {"invalid_choice": CHOICE},
    forms.ModelMultipleChoiceField: {"invalid_choice": CHOICE, "invalid_list": CHOICE, "invalid_pk_value": CHOICE},
    forms.JSONField: {"invalid": "This could not be read."},
    forms.FileField: {"invalid": FILE, "missing": FILE, "empty": "This file is empty.", "contradiction": FILE},
    serializers.Field: {"required": NEEDED, "null": "This may not be null."},
    serializers.Serializer: {"invalid": "Give an object, not {datatype}."},
    serializers.BooleanField: {"invalid": "Say true or false."},
    serializers.CharField: {
        "invalid": "This is not text.",
        "blank": NEEDED,
        "max_length": "This can have at most {max_length} characters.",
        "min_length": "This needs at least {min_length} characters.",
    },
    serializers.EmailField: {"invalid": E_MAIL},
    serializers.RegexField: {"invalid": "This is not written in the way that is asked for."},
    serializers.UUIDField: {"invalid": "This is not an id."},
    serializers.IntegerField: {
        "invalid": NUMBER,
        "max_value": "This can be at most {max_value}.",
        "min_value": "This must be at least {min_value}.",
        "max_string_length": "This number has too many digits.",
    },
    serializers.ChoiceField: {"invalid_choice": CHOICE},
    serializers.DateField: {"invalid": "Write a date such as 2026-04-21.", "datetime": "Write a date without a time."},
    serializers.DateTimeField: {"invalid": INSTANT, "date": INSTANT},
    serializers.ListField: {
        "not_a_list": LIST,
        "empty": "Give at least one entry.",
        "max_length": "Give at most {max_length} entries.",
        "min_length": "Give at least {min_length} entries.",
    },
    serializers.ListSerializer: {
        "not_a_list": LIST,
        "empty": "Give at least one entry.",
        "max_length": "Give at most {max_length} entries.",
        "min_length": "Give at least {min_length} entries.",
    },
    serializers.DictField: {"not_a_dict": "Give an object.", "empty": "Give at least one entry."},
    serializers.FileField: {"required": FILE, "invalid": FILE, "no_name": FILE, "empty": "This file is empty."},
    relations.PrimaryKeyRelatedField: {"does_not_exist": NO_ROW, "incorrect_type": NO_ROW},
    relations.ManyRelatedField: {"not_a_list": LIST, "empty": "Give at least one entry."},
}
OF_VALIDATORS: Mapping[type, str] = {
    validators.MinValueValidator: "This must be at least %(limit_value)s.",
    validators.MaxValueValidator: "This can be at most %(limit_value)s.",
    validators.MinLengthValidator: "This needs at least %(limit_value)d characters.",
    validators.MaxLengthValidator: "This can have at most %(limit_value)d characters; it has %(show_value)d.",
    validators.EmailValidator: E_MAIL,
    validators.RegexValidator: "This is not written in the way that is asked for.",
    validators.ProhibitNullCharactersValidator: NOT_TEXT,
}


def speak_plainly() -> None:
    """Put our words in place of the frameworks' defaults, before any form is made."""
    for field, words in OF_FIELDS.items():
        field.default_error_messages = {**vars(field).get("default_error_messages", {}), **words}  # type: ignore[attr-defined]
    for validator, sentence in OF_VALIDATORS.items():
        validator.message = sentence  # type: ignore[attr-defined]
