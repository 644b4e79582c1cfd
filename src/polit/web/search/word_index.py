"""A migration's operation that makes each database's own index of the folded words.

SQLite: an FTS5 table over the entries' own rows; its ``ascii`` tokenizer splits at spaces alone,
as whatever is not ASCII is a letter to it. PostgreSQL: a ``tsvector`` made of the words as they
are, so that no parser takes them apart. Both follow the entries by triggers, whoever writes.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_SQLITE = (
    """
    CREATE VIRTUAL TABLE search_words USING fts5(
      folded, content='search_entry', content_rowid='id', tokenize='ascii', prefix='2 3'
    )
    """,
    """
    CREATE TRIGGER search_entry_added AFTER INSERT ON search_entry BEGIN
      INSERT INTO search_words(rowid, folded) VALUES (new.id, new.folded);
    END
    """,
    """
    CREATE TRIGGER search_entry_gone AFTER DELETE ON search_entry BEGIN
      INSERT INTO search_words(search_words, rowid, folded) VALUES ('delete', old.id, old.folded);
    END
    """,
    """
    CREATE TRIGGER search_entry_changed AFTER UPDATE ON search_entry
    WHEN old.folded <> new.folded BEGIN
      INSERT INTO search_words(search_words, rowid, folded) VALUES ('delete', old.id, old.folded);
      INSERT INTO search_words(rowid, folded) VALUES (new.id, new.folded);
    END
    """,
)
_POSTGRESQL = (
    "ALTER TABLE search_entry ADD COLUMN words tsvector",
    """
    CREATE OR REPLACE FUNCTION search_entry_words() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      NEW.words := (
        SELECT coalesce(string_agg(quote_literal(word) || ':' || place, ' '), '')::tsvector
        FROM unnest(string_to_array(NEW.folded, ' ')) WITH ORDINALITY AS found(word, place)
        WHERE word <> ''
      );
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER search_entry_written BEFORE INSERT OR UPDATE OF folded ON search_entry
    FOR EACH ROW EXECUTE FUNCTION search_entry_words()
    """,
    "CREATE INDEX search_entry_words ON search_entry USING gin(words)",
)


class WordIndex(Operation):
    """Make the index of words beside the table of entries."""

    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change nothing of Django's own state."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make it."""
        del app_label, from_state, to_state
        is_postgresql = schema_editor.connection.vendor == "postgresql"
        for statement in _POSTGRESQL if is_postgresql else _SQLITE:
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take away what does not go with the table."""
        del app_label, from_state, to_state
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.execute("DROP TABLE search_words", params=None)

    def describe(self) -> str:
        """Say what it does."""
        return "Index the words of the entries"

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return how a migration file writes it."""
        return type(self).__name__, [], {}
