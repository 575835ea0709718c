"""Files as the import page takes them."""

from django import forms

from timeflow.lib import bounds
from timeflow.lib.uploads import UploadField


class CalendarFileForm(forms.Form):
    file = UploadField(accept=".ics,text/calendar", label="Calendar file", help_text="A file that ends in .ics.")
    name = forms.CharField(
        required=False,
        max_length=bounds.CALENDAR_NAME,
        label="Name",
        help_text="Without one it is called as the file says. A calendar of that name is brought up to date.",
    )


class TaskFileForm(forms.Form):
    file = UploadField(accept=".csv,text/csv", label="Task file", help_text="A file that ends in .csv.")
