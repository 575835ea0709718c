"""Task files on the wire."""

from typing import Any

from rest_framework import serializers

from scheduling.serializers.plans import EditOut
from timeflow.lib.uploads import UploadIn


class TaskFileIn(UploadIn):
    """A CSV file: a project exported from Todoist, or TimeFlow's own plain form with a column `title`."""


class TaskImportOut(serializers.Serializer[Any]):
    """The ids of the tasks that came in, in the file's order; undoing the plan in `edit` takes them out again."""

    tasks = serializers.ListField(child=serializers.UUIDField())
    edit = EditOut()
