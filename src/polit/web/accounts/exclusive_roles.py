"""A migration's operation: the database itself keeps roles that are held alone, alone."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Another role that the person holds now, where one of the two is held alone. A constraint cannot
# compare rows for anything but equality, hence triggers.
_CLASH = """
EXISTS (SELECT 1 FROM accounts_role_grant held WHERE held.user_id = NEW.user_id
AND held.ended_at IS NULL AND held.id <> NEW.id AND held.role <> NEW.role
AND (held.role IN ({alone}) OR NEW.role IN ({alone})))
"""
_SQLITE_AGAIN = "DROP TRIGGER IF EXISTS accounts_role_alone_{event}"
_SQLITE = """
CREATE TRIGGER accounts_role_alone_{event} BEFORE {event} ON "accounts_role_grant"
WHEN NEW.ended_at IS NULL AND {clash}
BEGIN SELECT RAISE(ABORT, 'this role is held alone'); END
"""
_POSTGRES = (
    """
CREATE OR REPLACE FUNCTION accounts_role_alone() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  IF NEW.ended_at IS NULL AND {clash} THEN
    RAISE EXCEPTION 'this role is held alone'
    USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$
""",
    "DROP TRIGGER IF EXISTS accounts_role_alone ON accounts_role_grant",
    """
CREATE TRIGGER accounts_role_alone BEFORE INSERT OR UPDATE ON accounts_role_grant
FOR EACH ROW EXECUTE FUNCTION accounts_role_alone()
""",
)


class ExclusiveRoles(Operation):
    """Refuse a role beside one that is held alone, below everything that asks.

    A later migration names all of them again where there is one more.

    Args:
        roles: The roles held alone.
    """

    reversible = True

    def __init__(self, roles: tuple[str, ...]) -> None:
        """Name the roles."""
        self.roles = roles

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing of Django's own state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the triggers."""
        del app_label, from_state, to_state
        clash = _CLASH.format(alone=", ".join(f"'{role}'" for role in self.roles))
        if schema_editor.connection.vendor == "postgresql":
            statements = [part.replace("{clash}", clash) for part in _POSTGRES]
        else:
            events = ("INSERT", "UPDATE")
            statements = [
                statement.format(event=event, clash=clash)
                for event in events
                for statement in (_SQLITE_AGAIN, _SQLITE)
            ]
        for statement in statements:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Keep the triggers: they go with their table."""

    def describe(self) -> str:
        """Say what it does."""
        return "Keep roles alone that are held alone"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how a migration file writes it."""
        return type(self).__name__, [self.roles], {}
