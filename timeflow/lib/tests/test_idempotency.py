"""Answers that are kept for requests that come again; what doors do with them is tested at the doors."""

import uuid
from datetime import timedelta

from django.utils import timezone

from timeflow.lib import idempotency
from timeflow.lib.models import IdempotentRequest


def test_answers_are_forgotten_after_a_day_though_their_person_never_comes_back(alice, bob, monkeypatch):
    monkeypatch.setattr(idempotency, "BATCH", 2)
    now = timezone.now()

    def keep(owner, age):
        fields = {"route": "api-tasks", "body_digest": "", "status": 201, "answer": {}}
        key = uuid.uuid4().hex
        return IdempotentRequest.objects.create(owner=owner, key=key, created_at=now - age, **fields)

    kept = [keep(each, timedelta(hours=23)) for each in (alice, bob)]
    for each in (alice, bob, bob, bob, bob):
        keep(each, timedelta(hours=25))
    assert idempotency.forget_old_answers(now=now) == 5
    assert set(IdempotentRequest.objects.all()) == set(kept)
