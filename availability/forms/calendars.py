"""What the page of calendars accepts."""

from collections.abc import Mapping, Sequence

from django import forms

from availability.models import Calendar, Mirror
from availability.selectors.accounts import Account, Place
from timeflow.lib import bounds
from timeflow.lib.tints import TINTS


class CalendarForm(forms.Form):
    """One of several on a page: `prefix` keeps them apart."""

    name = forms.CharField(max_length=bounds.CALENDAR_NAME, label="Name")
    tint = forms.TypedChoiceField(choices=TINTS, coerce=int, widget=forms.RadioSelect, label="Colour")
    is_shown = forms.BooleanField(required=False, label="Show it in the week")
    is_busy = forms.BooleanField(
        required=False, label="Its events block time", help_text="Without this, work may be planned over them."
    )

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarForm":
        """The form filled with a calendar."""
        initial = {name: getattr(calendar, name) for name in CalendarForm.base_fields}
        return cls(initial=initial | cls.of_mirror(calendar), prefix=str(calendar.pk))

    @classmethod
    def of_mirror(cls, calendar: Calendar) -> dict[str, object]:
        return {}


class MirroredForm(CalendarForm):
    """The same for a calendar of an account."""

    is_followed = forms.BooleanField(
        required=False, label="Follow it", help_text="Without this, its events are not read and not kept here."
    )
    field_order = ("is_followed",)

    @classmethod
    def of_mirror(cls, calendar: Calendar) -> dict[str, object]:
        return {"is_followed": calendar.mirror.is_followed}


class PlaceForm(forms.Form):
    """Where the plan is written, and what others may read there. Of the two answers the one that fits counts."""

    place = forms.ChoiceField(required=False, widget=forms.RadioSelect, label="Where")
    own_words = forms.ChoiceField(
        choices=Mirror.Words.choices, widget=forms.RadioSelect, label="What others may read in it"
    )
    words = forms.ChoiceField(
        choices=Mirror.Words.choices, widget=forms.RadioSelect, label="What others may read in it"
    )

    @classmethod
    def among(
        cls,
        places: Sequence[tuple[Account, Sequence[Place]]],
        present: tuple[str, str],
        given: Mapping[str, str] | None = None,
    ) -> "PlaceForm":
        """With `places` to choose from. `present`: the key of the place where the plan is, and the words there."""
        key, words = present
        is_own = key.startswith("own:")
        initial = {
            "place": key,
            "own_words": words if is_own else Mirror.Words.PRIVATE,
            "words": words if key and not is_own else Mirror.Words.BUSY,
        }
        form = cls(given, initial=initial)
        choices = [("", "Nowhere"), *((place.key, place.name) for _, found in places for place in found)]
        form.fields["place"].choices = choices  # type: ignore[attr-defined]
        return form

    @property
    def chosen_words(self) -> str:
        is_own = self.cleaned_data["place"].startswith("own:")
        return str(self.cleaned_data["own_words" if is_own else "words"])
