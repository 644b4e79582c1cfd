"""People who sign in, and the roles they were given."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models

from polit.web.core.acting import check_in_act
from polit.web.core.models import Record, fresh_id
from polit.web.core.rules import Role


class UserManager(BaseUserManager["User"]):
    """Finds people by the name they sign in with."""


class User(AbstractBaseUser):
    """A person with an account."""

    id = models.UUIDField(primary_key=True, default=fresh_id, editable=False)
    username = models.CharField(max_length=60, unique=True, validators=[UnicodeUsernameValidator()])
    full_name = models.CharField(max_length=150)
    email = models.EmailField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        """The table."""

        db_table = "accounts_user"

    def __str__(self) -> str:
        """Return the person's name."""
        return self.full_name or self.username

    def save(self, *args: Any, **options: Any) -> None:
        """Keep the account: inside an act, but for the instant of the last sign-in."""
        if options.get("update_fields") not in (["last_login"], ("last_login",)):
            check_in_act()
        super().save(*args, **options)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held now; asked once for each request's user."""
        found: frozenset[Role] | None = getattr(self, "_roles", None)
        if found is None:
            held = RoleGrant.objects.filter(user=self, ended_at=None)
            found = frozenset(Role(role) for role in held.values_list("role", flat=True))
            self._roles = found
        return found


class RoleGrant(Record):
    """A role that a person was given, until it was ended."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=30, choices=[(role.value, role.label) for role in Role])
    granted_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """The table, and that nobody holds a role twice."""

        db_table = "accounts_role_grant"
        constraints = (
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=models.Q(ended_at=None),
                name="accounts_role_held_once",
            ),
        )

    def __str__(self) -> str:
        """Return the role."""
        return self.role
