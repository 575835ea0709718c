"""Secrets at rest: fields and texts that open only in their own row, and the change of their keys."""

from timeflow.lib.sealed.blob import Binding, Unreadable, key_id, open_sealed, seal
from timeflow.lib.sealed.fields import InClear, Sealed, SealedField
from timeflow.lib.sealed.places import Place, register_place, resealed, sealed_fields, when_forgotten

__all__ = [
    "Binding",
    "InClear",
    "Place",
    "Sealed",
    "SealedField",
    "Unreadable",
    "key_id",
    "open_sealed",
    "register_place",
    "resealed",
    "seal",
    "sealed_fields",
    "when_forgotten",
]
