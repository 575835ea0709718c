"""People for tests. Without a `password` they cannot sign in by form, which saves the time of hashing one."""

import factory
from allauth.account.models import EmailAddress

from accounts.models import User


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    time_zone = "Europe/Berlin"

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return model_class.objects.create_user(**fields)


def give_password(user: User, password: str) -> None:
    """From now on the person can sign in by form: with this password, and with an address that they confirmed."""
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
