"""Labels: a name, unique for a person whatever its case, and one of eight tints."""

import uuid
from collections.abc import Collection, Sequence

from accounts.models import User
from accounts.services.changes import changing
from scheduling.errors import TooMany
from scheduling.models import Label
from timeflow.lib import bounds
from timeflow.lib.errors import Invalid, NotFound
from timeflow.lib.http import owned

TINTS = range(1, 9)


def create_label(*, user: User, name: str, tint: int | None = None) -> Label:
    """Without a `tint` the least used one is taken. Raises `Invalid`, `TooMany`."""
    with changing(user.pk) as person:
        return _create(person, name, tint)


def update_label(*, user: User, label_id: uuid.UUID, name: str | None = None, tint: int | None = None) -> Label:
    """What is None stays. Raises `NotFound`, `Invalid`."""
    with changing(user.pk) as person:
        label = owned(Label.objects.of(person), label_id)
        if name is not None:
            label.name = _clean_name(person, name, label)
        if tint is not None:
            label.tint = _clean_tint(tint)
        label.save(update_fields=["name", "tint"])
    return label


def delete_label(*, user: User, label_id: uuid.UUID) -> None:
    """Take the label off all tasks and remove it. Raises `NotFound`."""
    with changing(user.pk) as person:
        owned(Label.objects.of(person), label_id).delete()


def labels_named(*, user: User, names: Sequence[str]) -> list[Label]:
    """The person's labels with these names; those that are missing are made. Raises `Invalid`, `TooMany`."""
    with changing(user.pk) as person:
        present = {label.name.lower(): label for label in Label.objects.of(person)}
        found: dict[str, Label] = {}
        for name in names:
            key = " ".join(name.split()).lower()
            label = present.get(key) or found.get(key) or _create(person, name, None)
            found[key] = label
    return list(found.values())


def labels_of(person: User, label_ids: Collection[uuid.UUID]) -> list[Label]:
    """Their rows. Raises `NotFound` if one is not there or somebody else's."""
    wanted = set(label_ids)
    labels = list(Label.objects.of(person).filter(pk__in=wanted)) if wanted else []
    if len(labels) != len(wanted):
        raise NotFound
    return labels


def _create(person: User, name: str, tint: int | None) -> Label:
    used = list(Label.objects.of(person).values_list("tint", flat=True))
    if len(used) >= bounds.LABELS:
        raise TooMany(f"At most {bounds.LABELS} labels are kept.", fields={"name": ["There are too many labels."]})
    if tint is None:
        tint = min(TINTS, key=lambda hue: (used.count(hue), hue))
    return Label.objects.create(user=person, name=_clean_name(person, name, None), tint=_clean_tint(tint))


def _clean_name(person: User, name: str, own: Label | None) -> str:
    words = " ".join(name.split()).lstrip("#").strip()
    if not words:
        raise Invalid.field("name", "Give the label a name.")
    if len(words) > bounds.LABEL_NAME:
        raise Invalid.field("name", f"A label's name has at most {bounds.LABEL_NAME} characters.")
    same = Label.objects.of(person).filter(name__iexact=words).first()
    if same is not None and same != own:
        raise Invalid.field("name", "You have that label already.")
    return words


def _clean_tint(tint: int) -> int:
    if tint not in TINTS:
        raise Invalid.field("tint", "There are eight tints, 1 to 8.")
    return tint
