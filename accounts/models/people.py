"""People and where they are."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from timeflow.lib import bounds
from timeflow.lib.ids import new_id


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: object) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. `data_version` grows with every change that a plan depends on.

    Whoever asked for deletion has `deletion_due_at`, is signed out everywhere, and comes back by signing in.
    """

    class Clock(models.TextChoices):
        H24 = "24", "14:00"
        H12 = "12", "2:00 pm"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=bounds.EMAIL, unique=True)
    name = models.CharField(max_length=bounds.PERSON_NAME, blank=True)
    time_zone = models.CharField(max_length=bounds.ZONE_NAME, default="UTC")
    clock = models.CharField(max_length=2, choices=Clock.choices, default=Clock.H24)
    week_start = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday, 6 is Sunday")
    data_version = models.BigIntegerField(default=0, editable=False)
    welcomed_at = models.DateTimeField(null=True, editable=False)
    deletion_due_at = models.DateTimeField(null=True, editable=False)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # Django's own account life asks for a creation time before any door can pass one.
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        # As staff read it, and as people do of whom staff "opened your account".
        verbose_name, verbose_name_plural = "account", "people"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="Somebody signed up with this address already.",
            ),
            models.CheckConstraint(condition=models.Q(week_start__lte=6), name="user_week_start_is_a_weekday"),
        ]
        indexes = [
            # Serves the beat that erases what is due.
            models.Index(
                fields=["deletion_due_at"],
                condition=models.Q(deletion_due_at__isnull=False),
                name="user_deletion_due",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def display_name(self) -> str:
        return self.name or self.email.split("@")[0]


class Stay(models.Model):
    """From `starts_on` (a local date) the person lives in another zone, until the next stay begins."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stays")
    starts_on = models.DateField()
    time_zone = models.CharField(max_length=bounds.ZONE_NAME)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "starts_on"],
                name="stay_one_a_day",
                violation_error_message="You travel to another zone on that day already.",
            )
        ]
