"""`SealedField`: a text that its row keeps sealed, and that is opened on purpose.

    token = SealedField(null=True)      # on a model with a `user`
    row.token = "s3cret"; row.save()    # sealed for this row, this column and this owner
    row.token.open()                    # "s3cret", or raises `Unreadable`

Nothing else shows it: what stands in the row is a `Sealed`, which prints as `<sealed>` and cannot be serialized,
pickled, filtered by or written by `update()`.
"""

from typing import Any, NoReturn

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute
from django_cryptography.fields import EncryptedMixin

from timeflow.lib.sealed.blob import Binding, key_id, open_sealed, seal


class InClear(TypeError):
    """A secret was about to be used in clear where only its row may hold it."""


class Sealed:
    """A secret in its row. Of no use without that row, and closed until `open` is called."""

    __slots__ = ("_blob", "_field", "_plain", "_row")

    def __init__(self, *, blob: bytes | None = None, plain: str | None = None) -> None:
        self._blob, self._plain = blob, plain
        self._row: models.Model | None = None
        self._field: SealedField | None = None

    def at(self, row: models.Model, field: "SealedField") -> "Sealed":
        """The same secret as the value of `field` in `row`."""
        placed = Sealed(blob=self._blob, plain=self._plain)
        placed._row, placed._field = row, field
        return placed

    @property
    def key_id(self) -> str | None:
        """The key it is sealed under; None if it is not sealed yet, or is no blob of ours."""
        return key_id(self._blob) if self._blob is not None else None

    def is_of_another(self, row: models.Model) -> bool:
        return self._row is not None and (type(self._row), self._row.pk) != (type(row), row.pk)

    def open(self) -> str:
        """The secret in clear. Raises `Unreadable`. Whoever calls this keeps it out of logs, pages and rows."""
        if self._blob is None:
            return self._plain or ""
        return open_sealed(self._blob, self._binding(), settings.FIELD_KEYS).decode()

    def blob(self) -> bytes:
        """The sealed form; made on first demand, which needs the row to have its id and owner."""
        if self._blob is None:
            self._blob = seal((self._plain or "").encode(), self._binding(), settings.FIELD_KEYS)
            self._plain = None
        return self._blob

    def _binding(self) -> Binding:
        if self._row is None or self._field is None:
            raise InClear("A sealed value can be opened in its row only, not where it was picked out of one.")
        return self._field.binding(self._row)

    def __repr__(self) -> str:
        return "<sealed>"

    def __reduce__(self) -> NoReturn:
        raise InClear("A sealed value does not leave its row: it cannot be pickled or cached.")

    def __deepcopy__(self, memo: object) -> "Sealed":
        return self


class SealedAttribute(DeferredAttribute):
    """Turns what is assigned into a `Sealed` of this row."""

    field: "SealedField"

    def __set__(self, row: models.Model, value: object) -> None:
        if isinstance(value, str):
            value = Sealed(plain=value)
        if value is not None and not isinstance(value, Sealed):
            raise InClear(f"{self.field} takes a text or None.")
        if isinstance(value, Sealed) and value.is_of_another(row):
            raise InClear(f"{self.field} cannot take what is sealed for another row: open it and assign the text.")
        row.__dict__[self.field.attname] = value.at(row, self.field) if value is not None else None


class SealedField(EncryptedMixin, models.TextField):
    """Text, sealed for its row and for the person that `owner`, a foreign key of the same model, names.

    Of django-cryptography only the guard against lookups is used: its one key, its pickles and its Fernet are not.
    """

    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, owner: str = "user", **options: Any) -> None:
        self.owner = owner
        options["editable"] = False
        # Past the mixin's own constructor, which would make a key.
        super(EncryptedMixin, self).__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, options = super(EncryptedMixin, self).deconstruct()
        del options["editable"]
        if self.owner != "user":
            options["owner"] = self.owner
        return name, path, list(args), options

    def clone(self) -> "SealedField":
        _, _, args, options = self.deconstruct()
        return type(self)(*args, **options)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        try:
            self.model._meta.get_field(self.owner)
        except FieldDoesNotExist:
            return [Error(f"There is no “{self.owner}” to seal this for.", obj=self, id="sealed.E001")]
        return super().check(**kwargs)

    def binding(self, row: models.Model) -> Binding:
        """Raises `InClear` as long as the row has no id or no owner."""
        owner = getattr(row, f"{self.owner}_id")
        if row.pk is None or owner is None:
            raise InClear(f"{self} is sealed for its row and owner: give the row both first.")
        return Binding(self.model._meta.label_lower, self.attname, str(row.pk), str(owner))

    def from_db_value(self, value: Any, *_: object) -> Sealed | None:
        return Sealed(blob=bytes(value)) if value is not None else None

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            self._refuse("is compared with or set to something that is not sealed")
        return connection.Database.Binary(value.blob())  # type: ignore[attr-defined]

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        # An expression would reach the database as it is, unsealed.
        return self.get_db_prep_value(value, connection)

    def to_python(self, value: Any) -> Any:
        if value is not None and not isinstance(value, Sealed):
            self._refuse("cannot be read from a form or a fixture")
        return value

    def value_to_string(self, obj: models.Model) -> str:
        self._refuse("cannot be serialized")

    def formfield(self, **_: Any) -> None:
        return None

    def _dump(self, value: Any) -> bytes:
        self._refuse("is sealed by its row only")

    def _load(self, value: bytes) -> Any:
        self._refuse("is opened by its row only")

    def _refuse(self, why: str) -> NoReturn:
        raise InClear(f"{self} {why}.")
