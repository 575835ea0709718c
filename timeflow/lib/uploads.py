"""Files that people and programs send: refused before they are read when they are too large."""

from typing import Any

from django import forms
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from timeflow.lib import bounds
from timeflow.lib.http import StrictSerializer

MAX_UPLOAD_BYTES = bounds.FILE + 64 * 1024
"""The file with the form around it."""
TOO_LARGE = "The file is larger than 5 MB."


class BoundedUpload(FileUploadHandler):
    """First of settings.FILE_UPLOAD_HANDLERS: without it Django would write a body of any size to the disk."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        if content_length > MAX_UPLOAD_BYTES:
            raise RequestDataTooBig(TOO_LARGE)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class UploadTooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = TOO_LARGE


class UploadView(APIView):
    """An API route that takes `multipart/form-data` with one file."""

    throttle_scope = "files"
    parser_classes = [MultiPartParser]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_UPLOAD_BYTES:
            raise UploadTooLarge


class UploadIn(StrictSerializer):
    """Input with a file."""

    file = serializers.FileField(max_length=bounds.FILE_NAME, help_text="at most 5 MB")

    def validate_file(self, file: UploadedFile) -> UploadedFile:
        if (file.size or 0) > bounds.FILE:
            raise serializers.ValidationError(TOO_LARGE)
        return file


class UploadField(forms.FileField):
    """A file of at most 5 MB; cleaned to what was uploaded."""

    def __init__(self, *, accept: str, **kwargs: Any) -> None:
        super().__init__(max_length=bounds.FILE_NAME, widget=forms.FileInput(attrs={"accept": accept}), **kwargs)

    def clean(self, value: Any, initial: Any = None) -> Any:
        file = super().clean(value, initial)
        if file and (file.size or 0) > bounds.FILE:
            raise forms.ValidationError(TOO_LARGE)
        return file
