"""What staff find and do in the back office: by whole addresses and ids, by services, in the owner's log."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import include, path, reverse
from django.utils import timezone

from accounts.admin import back_office
from accounts.models import ApiToken, User
from accounts.selectors.activity import activity
from accounts.services.api_tokens import create_api_token
from accounts.tests.factories import UserFactory
from accounts.tests.signing_in import sign_in
from scheduling.models import PlanJob
from timeflow.lib.models import Errand
from timeflow.tests.everything import CALLER
from timeflow.tests.routes import MAKERS, World

urlpatterns = [path("staff/", back_office.urls), path("", include("timeflow.urls"))]
pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
NAMES = [f"{model._meta.app_label}_{model._meta.model_name}" for model in back_office._registry]


@pytest.fixture
def clerk_client(client, settings):
    """May look at people and change them, and nothing else."""
    settings.DEBUG = True
    clerk = UserFactory(email="clerk@example.com", is_staff=True)
    permissions = User.user_permissions.rel.model._default_manager
    clerk.user_permissions.set(permissions.filter(codename__in=["view_user", "change_user", "view_session"]))
    sign_in(client, clerk)
    return client


def listing(name: str) -> str:
    return reverse(f"admin:{name}_changelist")


def act(client, name: str, action: str, *rows):
    """What the page says once the action is done."""
    form = {"action": action, "_selected_action": [str(row.pk) for row in rows]}
    return client.post(listing(name), form, follow=True).content.decode()


def kinds(user: User) -> list[tuple[str, str]]:
    return sorted((event.kind, event.facts.get("model", "")) for event in user.security_events.all())


def test_people_are_found_by_their_whole_address_or_id_and_by_no_part_of_it(chief_client, alice, bob):
    for term in ("alice@example.com", "ALICE@example.com ", str(alice.pk)):
        page = chief_client.get(listing("accounts_user"), {"q": term}).content.decode()
        assert "alice@example.com" in page
        assert "bob@example.com" not in page
    for term in ("alice", "example.com", "%", "Alice"):
        assert "alice@example.com" not in chief_client.get(listing("accounts_user"), {"q": term}).content.decode()


def test_what_is_somebodys_is_found_by_whose_it_is(chief_client, alice, bob):
    jobs = [PlanJob.objects.create(user=user, created_at=timezone.now()) for user in (alice, bob)]
    for term in (alice.email, str(alice.pk), str(jobs[0].pk)):
        page = chief_client.get(listing("scheduling_planjob"), {"q": term}).content.decode()
        assert str(jobs[0].pk) in page
        assert str(jobs[1].pk) not in page


@pytest.mark.parametrize("name", NAMES)
def test_a_list_costs_as_many_queries_for_many_rows_as_for_one(chief_client, alice, name):
    def make(count: int) -> None:
        for _ in range(count):
            person = UserFactory()
            MAKERS[name.partition("_")[2]](World(person))

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert chief_client.get(listing(name)).status_code == 200
        return len(asked)

    make(1)
    chief_client.get(listing(name))
    few = cost()
    make(6)
    assert cost() == few <= 10


def test_staff_end_sessions_and_revoke_tokens_and_the_owner_reads_of_it(chief_client, alice, alice_client):
    token, secret = create_api_token(user=alice, name="x", scope="read", days=1, caller=CALLER, now=timezone.now())
    assert "1 session ended." in act(chief_client, "accounts_session", "end", alice.sessions.get())
    assert "1 API token revoked." in act(chief_client, "accounts_apitoken", "revoke", token)
    assert alice_client.get("/api/auth/me").status_code == 401
    assert alice_client.get("/api/auth/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert ("staff_changed", "session") in kinds(alice)
    assert ("staff_changed", "API token") in kinds(alice)
    said = act(chief_client, "accounts_session", "end", alice.sessions.get())
    assert "alice@example.com: There is nothing here" in said


def test_somebody_is_kept_out_and_let_in_again(chief_client, alice, alice_client):
    assert "1 account kept out" in act(chief_client, "accounts_user", "keep_out", alice)
    assert alice_client.get("/api/auth/me").status_code == 401
    assert "They are kept out already." in act(chief_client, "accounts_user", "keep_out", alice)
    assert "1 account may come in." in act(chief_client, "accounts_user", "let_in", alice)
    alice.refresh_from_db()
    assert alice.is_active
    assert kinds(alice) == [("staff_changed", "account")] * 2


def test_nobody_keeps_themselves_out_or_starts_their_own_deletion_by_mistake(chief_client, chief):
    for action in ("keep_out", "start_deletion"):
        assert "chief@example.com: That is you" in act(chief_client, "accounts_user", action, chief)
    chief.refresh_from_db()
    assert (chief.is_active, chief.deletion_due_at) == (True, None)


def test_a_deletion_is_started_for_one_person_at_a_time(chief_client, alice, bob, alice_client):
    assert "choose one person" in act(chief_client, "accounts_user", "start_deletion", alice, bob)
    assert not User.objects.filter(deletion_due_at__isnull=False)
    act(chief_client, "accounts_user", "start_deletion", alice)
    assert list(User.objects.filter(deletion_due_at__isnull=False)) == [alice]
    assert alice_client.get("/api/auth/me").status_code == 401
    assert ("deletion_asked", "") in kinds(alice)


def test_the_letter_that_confirms_an_address_goes_out_again(chief_client, alice, bob):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=False)
    EmailAddress.objects.create(user=bob, email=bob.email, primary=True, verified=True)
    said = act(chief_client, "accounts_user", "confirm_again", alice, bob)
    assert [letter.to for letter in mail.outbox] == [["alice@example.com"]]
    assert "bob@example.com: Their address is confirmed." in said
    assert "1 account written to." in said


def test_a_mail_server_that_is_down_is_said_and_breaks_nothing(chief_client, alice, settings):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    said = act(chief_client, "accounts_user", "confirm_again", alice)
    assert "The mail server did not take the letter." in said
    assert not alice.security_events.exists()


def test_a_plan_that_failed_is_made_again_and_one_that_hangs_is_stopped(chief_client, alice, bob, no_worker):
    now = timezone.now()
    request = {"effort": "full", "starts_from": None, "starts_until": None, "tasks": None}
    ended = {"state": "failed", "request": request, "created_at": now - timedelta(hours=1), "finished_at": now}
    failed = PlanJob.objects.create(user=alice, **ended)
    hanging = PlanJob.objects.create(user=bob, created_at=now)
    assert "1 plan job tried again." in act(chief_client, "scheduling_planjob", "try_again", failed)
    assert alice.planjobs.filter(state="queued", request=request).count() == 1
    assert "1 plan job cancelled." in act(chief_client, "scheduling_planjob", "cancel", hanging)
    hanging.refresh_from_db()
    assert hanging.state == "cancelled"
    assert "already" in act(chief_client, "scheduling_planjob", "cancel", failed).lower()
    assert [kind for kind, _ in [*kinds(alice), *kinds(bob)]] == ["staff_changed"] * 2


def test_a_search_that_failed_stays_a_search_when_staff_try_it_again(chief_client, alice, no_worker):
    ended = {"state": "failed", "origin": "search", "created_at": timezone.now(), "finished_at": timezone.now()}
    assert "1 plan job tried again." in act(
        chief_client, "scheduling_planjob", "try_again", PlanJob.objects.create(user=alice, **ended)
    )
    assert [job.origin for job in alice.planjobs.filter(state="queued")] == ["search"]


def test_an_errand_is_sent_again_or_cancelled_and_its_history_says_so(chief_client, no_worker):
    errands = [Errand.objects.create(task="some.task", args=["x"], created_at=timezone.now()) for _ in range(2)]
    assert "2 errands sent." in act(chief_client, "lib_errand", "send_again", *errands)
    history = chief_client.get(reverse("admin:lib_errand_history", args=[errands[0].pk])).content.decode()
    assert "Sent again: some.task" in history
    assert "1 errand cancelled." in act(chief_client, "lib_errand", "cancel", errands[0])
    assert list(Errand.objects.all()) == [errands[1]]


def test_errands_are_found_by_their_task_their_id_and_whose_they_are(alice, chief_client):
    letter, sweep = (
        Errand.objects.create(task=task, args=args, created_at=timezone.now())
        for task, args in (("accounts.tasks.send_notice", [str(alice.pk), "x"]), ("some.sweep", []))
    )
    address = reverse("admin:lib_errand_changelist")
    for term, found in {"SEND_notice": letter, str(alice.pk): letter, f" {sweep.pk} ": sweep, "sweep": sweep}.items():
        page = chief_client.get(address, {"q": term}).content.decode()
        assert f"/{found.pk}/change/" in page, term
        assert page.count("/change/?_changelist_filters") == 1, term
        assert (str(alice.pk) in page) == (term == str(alice.pk)), "it shows the arguments"


def test_staff_read_the_words_of_the_product(alice, chief_client):
    page = chief_client.get(reverse("admin:index")).content.decode()
    for words in ("People and their ways in", "Calendars and hours", "Planning", "API tokens", "People"):
        assert words in page
    assert "Users" not in page
    chief_client.get(reverse("admin:accounts_user_change", args=[alice.pk]))
    assert "A member of the staff opened your account." in [entry.words for entry in activity(alice, "")[1]]


def test_staff_act_only_where_they_may_and_never_on_who_may_do_everything(clerk_client, alice, alice_client):
    chief = UserFactory(email="chief@example.com", is_staff=True, is_superuser=True)
    act(clerk_client, "accounts_session", "end", alice.sessions.get())
    assert alice_client.get("/api/auth/me").status_code == 200, "a clerk may look at sessions, not end them"
    said = act(clerk_client, "accounts_user", "keep_out", chief, alice)
    assert "chief@example.com: Only who may do everything looks after this account." in said
    assert list(User.objects.filter(is_active=False)) == [alice]
    assert clerk_client.get(listing("accounts_apitoken")).status_code == 403


def test_more_than_a_page_at_once_is_refused(chief_client, alice):
    now = timezone.now()
    rows = [
        ApiToken(user=alice, name="x", digest=f"{n}", created_at=now, expires_at=now + timedelta(days=1))
        for n in range(51)
    ]
    ApiToken.objects.bulk_create(rows)
    form = {"action": "revoke", "_selected_action": [str(rows[0].pk)], "select_across": "1"}
    assert "at most 50 at once" in chief_client.post(listing("accounts_apitoken"), form, follow=True).content.decode()
    assert not ApiToken.objects.exclude(revoked_at=None)


def test_status_says_what_waits_and_where_to_act_and_names_nobody(chief_client, alice):
    PlanJob.objects.create(user=alice, created_at=timezone.now() - timedelta(minutes=20))
    page = chief_client.get(reverse("admin:status")).content.decode()
    assert "the oldest for 20 min" in page
    assert "alice" not in page
    link = "/staff/scheduling/planjob/?state__in=queued,running"
    assert link in page
    assert "alice@example.com" in chief_client.get(link).content.decode()


def test_status_costs_few_queries_and_is_for_staff_alone(chief_client, alice_client, charlie_client):
    address = reverse("admin:status")
    chief_client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert "All is well" not in chief_client.get(address).content.decode(), "nothing has ever run here"
    assert len(asked) <= 15
    assert alice_client.get(address).status_code == 404
    assert charlie_client.get(address).status_code == 302
