import uuid

import pytest
from django.urls import reverse

from scheduling.models import Label, Plan
from scheduling.tests.factories import NOW, LabelFactory, TaskFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def test_labels_are_added_renamed_tinted_and_removed_with_a_way_back(alice_client, alice):
    alice_client.post("/tasks/labels", {"name": "Thesis"})
    label = Label.objects.get()
    alice_client.post(f"/tasks/labels/{label.pk}", {"name": "PhD"})
    alice_client.post(f"/tasks/labels/{label.pk}", {"name": "PhD", "tint": "4"})
    label.refresh_from_db()
    assert (label.user, label.name, label.tint) == (alice, "PhD", 4)
    task = TaskFactory(user=alice, labels=[label])
    page = alice_client.post(f"/tasks/labels/{label.pk}/remove", follow=True).content.decode()
    assert "Removed the label PhD" in page
    alice_client.post(reverse("plan-undo", args=[Plan.objects.get().pk]))
    assert task.labels.get() == label


@pytest.mark.parametrize("posted", [{"name": ""}, {"name": "x" * 51}, {"name": "home"}, {"name": "fine", "tint": "9"}])
def test_a_label_that_cannot_be_is_refused_in_words(alice_client, alice, posted):
    LabelFactory(user=alice, name="Home")
    refused = alice_client.post("/tasks/labels", posted, headers=HTMX)
    assert refused.status_code == 400
    assert Label.objects.count() == 1


def test_open_tasks_of_each_label_are_counted_in_one_query(alice_client, alice, django_assert_num_queries):
    for name in ("a", "b", "c"):
        label = LabelFactory(user=alice, name=name)
        TaskFactory(user=alice, labels=[label])
        TaskFactory(user=alice, labels=[label], completed_at=NOW)
    with django_assert_num_queries(3):
        rows = alice_client.get("/tasks/labels").context["rows"]
    assert [(label.name, label.uses) for label in rows] == [("a", 1), ("b", 1), ("c", 1)]


def test_labels_belong_to_one_person(bob_client, charlie_client, alice):
    label = LabelFactory(user=alice, name="Secret")
    for pk in (label.pk, uuid.uuid4()):
        assert bob_client.post(f"/tasks/labels/{pk}", {"name": "Mine"}).status_code == 404
        assert bob_client.post(f"/tasks/labels/{pk}/remove").status_code == 404
    assert "Secret" not in bob_client.get("/tasks/labels").content.decode()
    for url in ("/tasks/labels", f"/tasks/labels/{label.pk}", f"/tasks/labels/{label.pk}/remove"):
        assert charlie_client.post(url, {"name": "x"}).status_code == 302
    assert Label.objects.get().name == "Secret"
