"""People who sign in, and the roles they were given."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models

from polit.base.clock import now_utc
from polit.web.accounts.rules import SessionEnd, SessionTimes
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

    def check_password(self, raw_password: str | None) -> bool:
        """Tell whether a password is the account's.

        Django would hash it anew, and save, where its parameters have changed since. A write in
        the middle of a check would belong to no act, so here nothing is written.
        """
        return check_password(raw_password, self.password)

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


class Invitation(Record):
    """A one-time link by which a person sets a password; only its hash is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=200)

    class Meta:
        """The table, and that a person has one open link at most."""

        db_table = "accounts_invitation"
        constraints = (
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(used_at=None, voided_at=None),
                name="accounts_invitation_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(used_at=None) | models.Q(voided_at=None),
                name="accounts_invitation_used_or_void",
            ),
        )

    def __str__(self) -> str:
        """Return until when it opens."""
        return self.expires_at.isoformat()


class SignIn(Record):
    """One signed-in session: where and since when. The gate asks it at every request.

    The key of Django's session is not kept here: who reads this table can impersonate nobody.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sign_ins")
    seen_at = models.DateTimeField(default=now_utc)
    address = models.CharField(max_length=60)
    browser = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=20, blank=True)

    # Being seen is no act, so the plain manager may write that one instant; see ``touch``.
    unguarded = models.Manager["SignIn"]()

    class Meta:
        """The table, and that an end has a reason."""

        db_table = "accounts_sign_in"
        default_manager_name = "objects"
        indexes = (models.Index(fields=["user", "ended_at"], name="accounts_sign_in_user"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_why="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(ended_why="")),
                name="accounts_sign_in_end_said",
            ),
        )

    def __str__(self) -> str:
        """Return the browser."""
        return self.browser

    @property
    def times(self) -> SessionTimes:
        """When it began, was last used and ended."""
        ended = SessionEnd(self.ended_why) if self.ended_why else None
        return SessionTimes(self.recorded_at, self.seen_at, ended)


class Kept(models.Model):
    """A row of the table that counts attempts and used codes, for all processes of the server."""

    key = models.CharField(max_length=300, primary_key=True)
    value = models.TextField()
    expires_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        """The table."""

        db_table = "accounts_kept"

    def __str__(self) -> str:
        """Return the key."""
        return self.key
