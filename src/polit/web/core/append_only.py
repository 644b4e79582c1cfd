"""A migration's operation that lets a table grow and nothing else, on both databases."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {event} ON "{table}"
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_SQLITE_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON "{table}"
WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION polit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
  USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES_ROWS = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON "{table}"
FOR EACH ROW EXECUTE FUNCTION polit_append_only()
"""
_POSTGRES_TABLE = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}"
FOR EACH STATEMENT EXECUTE FUNCTION polit_append_only()
"""


class AppendOnly(Operation):
    """Refuse UPDATE, DELETE, TRUNCATE and REPLACE of a table, below everything that asks.

    Args:
        table: The table's name in the database.
        key: Its primary key's column.
    """

    reversible = True

    def __init__(self, table: str, key: str = "id") -> None:
        """Name the table."""
        self.table, self.key = table, key

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
        for statement in self._statements(schema_editor.connection):
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
        return f"Make {self.table} append-only"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how a migration file writes it."""
        return type(self).__name__, [self.table, self.key], {}

    def _statements(self, connection: BaseDatabaseWrapper) -> tuple[str, ...]:
        if connection.vendor == "postgresql":
            parts = (_POSTGRES_FUNCTION, _POSTGRES_ROWS, _POSTGRES_TABLE)
            return tuple(part.replace("{table}", self.table) for part in parts)
        verbs = (("update", "UPDATE"), ("delete", "DELETE"))
        rows = [_SQLITE.format(table=self.table, verb=verb, event=event) for verb, event in verbs]
        same = " OR ".join(map(_same, self._unique_sets(connection)))
        return (*rows, _SQLITE_REPLACE.format(table=self.table, same=same))

    def _unique_sets(self, connection: BaseDatabaseWrapper) -> list[list[str]]:
        """Return the columns of everything unique: by each of them a row can be replaced."""
        with connection.cursor() as cursor:
            cursor.execute(f'PRAGMA index_list("{self.table}")')
            # One that holds for some rows alone says nothing of two others.
            names = [name for _, name, unique, _, partial in cursor.fetchall()
                     if unique and not partial]  # fmt: skip
            found = []
            for name in names:
                cursor.execute(f'PRAGMA index_info("{name}")')
                found.append([column for _, _, column in cursor.fetchall()])
        return [[self.key], *(each for each in found if each != [self.key] and None not in each)]


def _same(columns: list[str]) -> str:
    return "(" + " AND ".join(f'"{name}" = NEW."{name}"' for name in columns) + ")"
