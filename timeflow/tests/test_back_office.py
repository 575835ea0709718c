"""Staff and everybody else at every door of the back office. It is tried at an address of its own."""

import importlib

import pytest
from django.db import models
from django.test import override_settings
from django.urls import include, path, resolve, reverse
from django.utils import timezone

from accounts.admin import back_office
from accounts.models import User
from accounts.services.api_tokens import create_api_token
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import sign_in
from availability.models import CallCount, Channel
from timeflow import urls as project_urls
from timeflow.lib.models import Errand
from timeflow.lib.sealed import SealedField
from timeflow.tests.everything import CALLER, full_person

urlpatterns = [path("staff/", back_office.urls), path("", include("timeflow.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
CANARY = "canary"
# Text that staff may see: who a person is, and the names of a background task and of a provider's doors.
SHOWN = {"email", "task", "provider", "kind", "lane"}
SITE_PAGES = ["index", "status", "login", "logout", "password_change", "password_change_done", "jsi18n"]
REGISTERED = list(back_office._registry)


def lists() -> list[str]:
    return [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in REGISTERED]


def pages_about(row: models.Model) -> list[str]:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
    return [reverse(f"{name}_{page}", args=[row.pk]) for page in ("change", "history")]


def standing_form(user: User, **changed: bool) -> dict[str, str]:
    flags = {name: getattr(user, name) for name in ("is_active", "is_staff", "is_superuser")} | changed
    return {name: "on" for name, is_on in flags.items() if is_on}


def change_page(user: User) -> str:
    return reverse("admin:accounts_user_change", args=[user.pk])


def test_nobody_is_led_to_sign_in_and_back(charlie_client):
    for address in [*lists(), *(reverse(f"admin:{name}") for name in SITE_PAGES)]:
        answer = charlie_client.get(address)
        assert answer.status_code == 302, address
        assert answer.headers["Location"] in {f"/accounts/login/?next={address}", "/staff/"}, address


def test_a_person_who_is_no_staff_finds_nothing(alice, alice_client):
    for address in [*lists(), *pages_about(alice), reverse("admin:index"), reverse("admin:jsi18n")]:
        assert alice_client.get(address).status_code == 404, address
        assert alice_client.post(address).status_code == 404, address


def test_staff_without_a_second_factor_are_told_to_add_one(alice, chief, client):
    sign_in(client, chief)
    for address in [*lists(), *pages_about(alice), reverse("admin:index")]:
        answer = client.get(address)
        assert answer.status_code == 403, address
        assert "A second factor is needed" in answer.content.decode()
        assert b"alice@example.com" not in answer.content
    assert not alice.security_events.exists()


def test_staff_who_may_not_sign_in_any_more_are_out(chief, chief_client):
    User.objects.filter(pk=chief.pk).update(is_active=False)
    assert chief_client.get(reverse("admin:index")).status_code == 302


def test_staff_reach_every_page_and_read_nothing_that_people_wrote(chief_client):
    maya = full_person()
    for model in REGISTERED:
        written = [field for field in model._meta.concrete_fields if is_written(field)]
        _rows_of(maya, model).update(**{field.name: _canary(field) for field in written})
    for address in lists():
        assert_clean(chief_client.get(address), address)
        assert_clean(chief_client.get(f"{address}?q=maya"), address)
    for model in REGISTERED:
        row = _rows_of(maya, model).first()
        assert row is not None, f"fill {model._meta.label} in timeflow/tests/everything.py"
        assert CANARY not in str(row)
        for address in pages_about(row):
            assert_clean(chief_client.get(address), address)


def is_written(field: models.Field) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    is_text = is_text and not isinstance(field, SealedField)
    return is_text and not field.choices and field.name not in SHOWN | {"time_zone", "recurrence_id"}


def _canary(field: models.Field) -> object:
    return {"x": CANARY} if isinstance(field, models.JSONField) else models.Value(CANARY)


def _rows_of(user: User, model: type[models.Model]) -> models.QuerySet:
    """Errands know no person but among their arguments."""
    owners = {User: "pk", Channel: "connection__user"}
    of_nobody = model in (Errand, CallCount)
    return model._default_manager.filter(**({} if of_nobody else {owners.get(model, "user"): user.pk}))


def assert_clean(answer, address: str) -> None:
    assert answer.status_code == 200, address
    assert CANARY not in answer.content.decode(), address
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "'self'" in next(part for part in policy if part.startswith("script-src"))


@pytest.mark.parametrize(
    ("model", "question"),
    [
        ("accounts_user", "password__startswith=pbkdf2"),
        ("accounts_user", "name__startswith=A"),
        ("availability_calendar", "name__startswith=W"),
        ("availability_event", "title__icontains=dentist"),
        ("availability_event", "user__name=Alice"),
        ("availability_dateoverride", "user__password__gt=a"),
    ],
)
def test_what_is_not_shown_cannot_be_guessed_by_filtering_either(chief_client, model, question):
    address = reverse(f"admin:{model}_changelist")
    assert chief_client.get(f"{address}?{question}").status_code == 400


def test_filters_that_are_shown_work(chief_client):
    for question in ("accounts/user/?is_staff__exact=1", "availability/event/?source__exact=block"):
        assert chief_client.get(f"/staff/{question}").status_code == 200


def test_each_look_at_a_row_is_in_its_owners_log(alice, chief, chief_client):
    chief_client.get(lists()[0])
    assert not alice.security_events.exists()
    for address in pages_about(alice):
        chief_client.get(address)
    events = alice.security_events.values_list("kind", "facts")
    assert list(events) == [("staff_viewed", {"staff": str(chief.pk), "model": "account"})] * 2


def test_where_staff_work_is_in_no_log_and_no_export_of_anybody_else(alice, chief_client):
    chief_client.get(change_page(alice))
    chief_client.post(change_page(alice), standing_form(alice, is_active=False))
    places = alice.security_events.values_list("kind", "device", "place")
    assert sorted(places) == [("staff_changed", "", ""), ("staff_viewed", "", "")]


def test_whoever_is_switched_off_does_not_come_back_by_an_old_session_or_token(alice, alice_client, chief_client):
    _, secret = create_api_token(user=alice, name="x", scope="read", days=1, caller=CALLER, now=timezone.now())
    chief_client.post(change_page(alice), standing_form(alice, is_active=False))
    chief_client.post(change_page(alice), standing_form(alice, is_active=True))
    alice.refresh_from_db()
    assert alice.is_active
    assert alice_client.get("/api/auth/me").status_code == 401
    assert alice_client.get("/api/auth/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_a_change_is_in_the_owners_log_and_touches_nothing_else(alice, chief, chief_client):
    chief_client.get(change_page(alice))
    User.objects.filter(pk=alice.pk).update(data_version=7, name="Alice Weber")
    answer = chief_client.post(change_page(alice), standing_form(alice, is_active=False) | {"email": "x@example.com"})
    assert answer.status_code == 302
    alice.refresh_from_db()
    assert (alice.is_active, alice.data_version, alice.name) == (False, 7, "Alice Weber")
    assert alice.email == "alice@example.com"
    changed = alice.security_events.get(kind="staff_changed")
    assert changed.facts == {"staff": str(chief.pk), "model": "account", "is_active": False}


def test_staff_who_may_not_do_everything_make_nobody_staff(alice, chief, client, settings):
    settings.DEBUG = True
    clerk = UserFactory(email="clerk@example.com", is_staff=True)
    clerk.user_permissions.set(_permissions("view_user", "change_user"))
    sign_in(client, clerk)
    client.post(change_page(alice), standing_form(alice, is_staff=True, is_superuser=True))
    client.post(change_page(clerk), standing_form(clerk, is_superuser=True))
    assert client.post(change_page(chief), standing_form(chief, is_active=False)).status_code == 403
    assert set(User.objects.filter(is_staff=True)) == {chief, clerk}
    assert list(User.objects.filter(is_superuser=True, is_active=True)) == [chief]


def _permissions(*names: str) -> models.QuerySet:
    return User.user_permissions.rel.model._default_manager.filter(codename__in=names)


def test_nothing_is_made_or_deleted_there(alice, chief_client):
    for model in REGISTERED:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert chief_client.post(reverse(f"{name}_add")).status_code == 403
    assert chief_client.post(reverse("admin:accounts_user_delete", args=[alice.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=alice.pk).exists()


def test_signing_out_and_passwords_are_the_sites_own(chief_client):
    assert chief_client.post(reverse("admin:logout")).headers["Location"] == "/accounts/logout/"
    assert chief_client.get(reverse("admin:password_change")).headers["Location"] == "/accounts/password/change/"
    assert chief_client.get(reverse("admin:login")).headers["Location"] == "/staff/"


@pytest.mark.urls("timeflow.urls")
def test_the_environment_says_where_it_is_and_without_that_there_is_none(chief_client):
    assert chief_client.get("/back-office/").status_code == 404
    with override_settings(ADMIN_PATH="back-office"):
        importlib.reload(project_urls)
    try:
        assert resolve("/back-office/", project_urls).view_name == "admin:index"
    finally:
        importlib.reload(project_urls)
