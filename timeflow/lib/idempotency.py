"""`Idempotency-Key`: a POST repeated with the same key and body gets the first answer and changes nothing."""

import hashlib
import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from timeflow.lib import bounds
from timeflow.lib.errors import Conflict, Invalid
from timeflow.lib.models import IdempotentRequest

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(days=1)
BATCH = 500

Handler = Callable[..., Response]


class KeyReused(Conflict):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key came with another body before. Use a fresh key for a new request."


def idempotent(handler: Handler) -> Handler:
    """Decorate a DRF view's `post`. The change and the memory of its answer are committed together.

    Of two parallel requests with one key the second waits on the unique row and then repeats the first's answer.
    Refusals are not remembered: the request may be corrected and sent again.
    """

    @wraps(handler)
    def wrapped(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not 1 <= len(key) <= bounds.IDEMPOTENCY_KEY or not key.isprintable():
            raise Invalid.field(HEADER, f"Use 1 to {bounds.IDEMPOTENCY_KEY} printable characters.")
        digest = hashlib.sha256(
            json.dumps([request.path, request.data], sort_keys=True, default=_as_text).encode()
        ).hexdigest()
        with transaction.atomic():
            memory = _remember(request, key, digest, timezone.now())
            if memory is None:
                return _repeat(request, key, digest)
            answer = handler(view, request, *args, **kwargs)
            memory.status, memory.answer = answer.status_code, json.loads(json.dumps(answer.data, default=str))
            memory.save(update_fields=["status", "answer"])
            return answer

    return wrapped


def forget_old_answers(*, now: datetime) -> int:
    """Delete what is kept no longer, in batches; a request clears its own person's, and some never send another.

    Returns how many went.
    """
    gone, old = 0, IdempotentRequest.objects.filter(created_at__lt=now - KEPT_FOR)
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        IdempotentRequest.objects.filter(pk__in=ids).delete()
        gone += len(ids)
    return gone


def _as_text(value: object) -> str:
    """What tells a value of a body from another: of an uploaded file its content."""
    if not isinstance(value, UploadedFile):
        return str(value)
    content = hashlib.sha256(b"".join(value.chunks())).hexdigest()
    value.seek(0)
    return f"{value.name} {content}"


def _owner(request: Request) -> uuid.UUID:
    """The id of the person who asks; routes that keep answers are for signed-in people only."""
    if not isinstance(request.user.pk, uuid.UUID):
        raise NotAuthenticated
    return request.user.pk


def _route(request: Request) -> str:
    match = request.resolver_match
    return match.view_name if match else request.path


def _remember(request: Request, key: str, digest: str, now: datetime) -> IdempotentRequest | None:
    """A fresh row for this key, or None if there is one already."""
    IdempotentRequest.objects.filter(owner_id=_owner(request), created_at__lt=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return IdempotentRequest.objects.create(
                owner_id=_owner(request), key=key, route=_route(request), body_digest=digest, status=0, created_at=now
            )
    except IntegrityError:
        return None


def _repeat(request: Request, key: str, digest: str) -> Response:
    memory = IdempotentRequest.objects.filter(owner_id=_owner(request), route=_route(request), key=key).first()
    if memory is None:
        raise Conflict
    if memory.body_digest != digest:
        raise KeyReused
    return Response(memory.answer, status=memory.status)
