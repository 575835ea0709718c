"""A sealed field keeps its text from everything but `open` in its own row. Shown with connections."""

import copy
import json
import pickle
from datetime import UTC, datetime

import pytest
from django.contrib.admin.utils import display_for_field
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.db import connection as database
from django.db import models, transaction
from django.db.models import F, Q, Value
from django.forms import modelform_factory
from django.forms.models import model_to_dict
from django.test.utils import isolate_apps

from accounts.models import Connection
from timeflow.lib.keys import KeySet
from timeflow.lib.sealed import InClear, Sealed, SealedField, Unreadable
from timeflow.tests.stored import everything_stored

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 21, 8, tzinfo=UTC)
SECRET, OTHER = "1//refresh-S3CRET-one", "1//refresh-S3CRET-two"


def draft(user, subject="1", **secrets) -> Connection:
    return Connection(
        user=user,
        provider="google",
        subject=subject,
        account="a@example.com",
        connected_at=NOW,
        changed_at=NOW,
        **secrets,
    )


def made(user, subject="1", **secrets) -> Connection:
    connection = draft(user, subject, **secrets)
    connection.save()
    return Connection.objects.get(pk=connection.pk)


def stored(connection: Connection, column: str) -> bytes:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM accounts_connection WHERE id = %s", [_id(connection)])  # noqa: S608
        return bytes(cursor.fetchone()[0])


def store(connection: Connection, column: str, value: object) -> None:
    """As somebody with access to the database would."""
    with database.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_connection SET {column} = %s WHERE id = %s", [value, _id(connection)])  # noqa: S608


def _id(connection: Connection) -> object:
    return connection.pk.hex if database.vendor == "sqlite" else connection.pk


def test_a_saved_secret_is_opened_on_purpose_and_nowhere_in_clear(alice):
    connection = made(alice, refresh_token=SECRET, password="pässwörd")
    assert connection.refresh_token.open() == SECRET
    assert connection.password.open() == "pässwörd"
    assert connection.access_token is None
    assert stored(connection, "refresh_token").startswith(b"TF1")
    assert SECRET.encode() not in everything_stored()
    assert b"a@example.com" in everything_stored()


def test_every_way_of_saving_seals(alice, bob):
    one = Connection.objects.create(
        user=alice, provider="google", subject="1", connected_at=NOW, changed_at=NOW, access_token=SECRET
    )
    Connection.objects.bulk_create([draft(bob, "2", access_token=SECRET), draft(bob, "3", access_token=OTHER)])
    one.refresh_token = OTHER
    one.save(update_fields=["refresh_token"])
    Connection.objects.update_or_create(pk=one.pk, defaults={"password": SECRET})
    fresh = Connection.objects.get(pk=one.pk)
    assert [fresh.access_token.open(), fresh.refresh_token.open(), fresh.password.open()] == [SECRET, OTHER, SECRET]
    many = Connection.objects.filter(user=bob).order_by("subject")
    assert [each.access_token.open() for each in many] == [SECRET, OTHER]
    assert b"S3CRET" not in everything_stored()


def test_a_secret_opens_before_and_after_it_is_saved(alice):
    connection = draft(alice, refresh_token=SECRET)
    assert connection.refresh_token.open() == SECRET
    assert connection.refresh_token.key_id is None
    connection.save()
    assert connection.refresh_token.open() == SECRET
    assert SECRET not in str(vars(connection))


def test_a_secret_is_replaced_and_cleared(alice):
    connection = made(alice, refresh_token=SECRET)
    connection.refresh_token = OTHER
    connection.save()
    connection.refresh_from_db()
    assert connection.refresh_token.open() == OTHER
    Connection.objects.update(refresh_token=None)
    connection.refresh_from_db()
    assert connection.refresh_token is None
    assert Connection.objects.filter(refresh_token__isnull=True).count() == 1


def test_a_deferred_secret_is_loaded_when_it_is_asked_for(alice):
    connection = made(alice, refresh_token=SECRET)
    assert Connection.objects.defer("refresh_token").get().refresh_token.open() == SECRET
    assert Connection.objects.only("pk").get().refresh_token.open() == SECRET
    assert connection.refresh_token.open() == SECRET


def test_saving_a_row_anew_leaves_its_sealed_bytes_alone(alice):
    connection = made(alice, refresh_token=SECRET)
    before = stored(connection, "refresh_token")
    connection.account = "b@example.com"
    connection.save()
    assert stored(connection, "refresh_token") == before


def test_every_bit_of_a_stored_secret_counts(alice):
    connection = made(alice, refresh_token="x")
    blob = stored(connection, "refresh_token")
    for bit in range(len(blob) * 8):
        flipped = bytearray(blob)
        flipped[bit // 8] ^= 1 << bit % 8
        tampered = Connection(pk=connection.pk, user=alice, refresh_token=Sealed(blob=bytes(flipped)))
        with pytest.raises(Unreadable):
            tampered.refresh_token.open()


def test_a_secret_moved_to_another_row_does_not_open(alice):
    one, two = made(alice, "1", refresh_token=SECRET), made(alice, "2", refresh_token=OTHER)
    blobs = stored(one, "refresh_token"), stored(two, "refresh_token")
    store(one, "refresh_token", blobs[1])
    store(two, "refresh_token", blobs[0])
    for connection in Connection.objects.all():
        with pytest.raises(Unreadable):
            connection.refresh_token.open()


def test_a_secret_of_a_row_that_changed_hands_does_not_open(alice, bob):
    connection = made(alice, refresh_token=SECRET)
    Connection.objects.filter(pk=connection.pk).update(user=bob)
    with pytest.raises(Unreadable):
        Connection.objects.get().refresh_token.open()


def test_a_secret_moved_to_another_column_does_not_open(alice):
    connection = made(alice, refresh_token=SECRET)
    store(connection, "access_token", stored(connection, "refresh_token"))
    with pytest.raises(Unreadable):
        Connection.objects.get().access_token.open()


@pytest.mark.parametrize("garbage", [b"", b"TF1", b"TF1\xff", b"\x00" * 80, SECRET.encode()])
def test_what_was_never_sealed_does_not_open(alice, garbage):
    connection = made(alice, refresh_token=SECRET)
    store(connection, "refresh_token", garbage)
    with pytest.raises(Unreadable):
        Connection.objects.get().refresh_token.open()


def test_without_its_key_a_secret_does_not_open(alice, settings):
    made(alice, refresh_token=SECRET)
    settings.FIELD_KEYS = KeySet({"other": bytes(range(32))})
    with pytest.raises(Unreadable):
        Connection.objects.get().refresh_token.open()


@pytest.mark.parametrize(
    "question",
    [
        Q(refresh_token=SECRET),
        Q(refresh_token__contains="S3"),
        Q(refresh_token__in=[SECRET]),
        Q(refresh_token__gt="a"),
        Q(refresh_token=F("access_token")),
        Q(user__connections__refresh_token=SECRET),
    ],
)
def test_nobody_searches_by_a_secret(alice, question):
    made(alice, refresh_token=SECRET)
    with pytest.raises((FieldError, InClear)):
        list(Connection.objects.filter(question))
    with pytest.raises((FieldError, InClear)):
        list(Connection.objects.exclude(question))


@pytest.mark.parametrize("value", [SECRET, SECRET.encode(), Value(SECRET), F("access_token"), 7])
def test_no_update_writes_past_the_seal(alice, value):
    connection = made(alice, refresh_token=OTHER)
    with pytest.raises(InClear), transaction.atomic():
        Connection.objects.update(refresh_token=value)
    assert Connection.objects.get(pk=connection.pk).refresh_token.open() == OTHER


@pytest.mark.parametrize("value", [SECRET.encode(), Value(SECRET), F("access_token"), 7, [SECRET]])
def test_a_row_takes_a_text_and_nothing_else(alice, value):
    with pytest.raises(InClear):
        draft(alice, refresh_token=value)


def test_a_bulk_update_is_refused(alice):
    connection = made(alice, refresh_token=OTHER)
    connection.refresh_token = SECRET
    with pytest.raises(InClear):
        Connection.objects.bulk_update([connection], ["refresh_token"])


def test_a_row_needs_its_owner_first(alice):
    connection = draft(None, refresh_token=SECRET)
    with pytest.raises(InClear, match="give the row both first"), transaction.atomic():
        connection.save()
    connection.user = alice
    connection.save()
    assert Connection.objects.get().refresh_token.open() == SECRET


def test_a_secret_of_one_row_is_not_assigned_to_another(alice):
    one, two = made(alice, "1", refresh_token=SECRET), made(alice, "2")
    with pytest.raises(InClear, match="another row"):
        two.refresh_token = one.refresh_token


def test_what_is_picked_out_of_its_row_does_not_open(alice):
    made(alice, refresh_token=SECRET)
    picked = Connection.objects.values_list("refresh_token", flat=True).get()
    assert repr(picked) == "<sealed>"
    with pytest.raises(InClear):
        picked.open()


@pytest.mark.parametrize("form", ["json", "python", "xml", "jsonl"])
def test_a_row_with_a_secret_is_not_serialized(alice, form):
    made(alice, refresh_token=SECRET)
    with pytest.raises(InClear, match="serialized"):
        serializers.serialize(form, Connection.objects.all())


def test_dumpdata_refuses_a_secret(alice, capsys):
    made(alice, refresh_token=SECRET)
    with pytest.raises(CommandError, match="cannot be serialized"):
        call_command("dumpdata", "accounts.connection")
    assert SECRET not in capsys.readouterr().out


def test_a_fixture_brings_no_secret(alice):
    fixture = [{"model": "accounts.connection", "pk": None, "fields": {"refresh_token": SECRET}}]
    with pytest.raises(serializers.base.DeserializationError):
        list(serializers.deserialize("python", fixture))


def test_a_secret_shows_in_no_text_form_or_copy(alice):
    connection = made(alice, refresh_token=SECRET)
    for holder in (connection, draft(alice, "2", refresh_token=SECRET)):
        sealed = holder.refresh_token
        assert (repr(sealed), str(sealed), f"{sealed}") == ("<sealed>",) * 3
        assert SECRET not in repr(vars(holder))
        assert copy.deepcopy(sealed) is sealed
        with pytest.raises(InClear):
            pickle.dumps(holder)
        with pytest.raises(TypeError):
            json.dumps(sealed)
    field = Connection._meta.get_field("refresh_token")
    assert display_for_field(connection.refresh_token, field, "-") == "<sealed>"
    assert "refresh_token" not in model_to_dict(connection)
    assert "refresh_token" not in modelform_factory(Connection, fields="__all__").base_fields


def test_the_mixins_own_cipher_is_out_of_use():
    field = Connection._meta.get_field("refresh_token")
    assert not hasattr(field, "_fernet")
    for use in (field._dump, field._load):
        with pytest.raises(InClear):
            use(b"x")


@isolate_apps()
def test_a_model_without_the_owner_it_names_is_found_by_check():
    class Orphan(models.Model):
        token = SealedField(null=True, owner="keeper")

        class Meta:
            app_label = "accounts"

    assert [error.id for error in Orphan.check() if error.id.startswith("sealed")] == ["sealed.E001"]


@isolate_apps()
def test_a_field_survives_being_cloned_and_written_into_a_migration():
    class Kept(models.Model):
        keeper = models.ForeignKey(get_user_model(), on_delete=models.CASCADE, related_name="+")
        token = SealedField(null=True, owner="keeper")

        class Meta:
            app_label = "accounts"

    field = Kept._meta.get_field("token")
    assert field.clone().deconstruct()[1:] == field.deconstruct()[1:]
    assert field.deconstruct()[1:] == ("timeflow.lib.sealed.fields.SealedField", [], {"null": True, "owner": "keeper"})
