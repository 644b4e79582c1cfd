"""Make continuity append-only, and a chain, below everything that writes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from polit.web.core.append_only import AppendOnly

# Each condition holds for a row that must be refused.
_CHAIN = {
    "has a gap, or does not go on from where the last event left it": """
      NEW.number > 1 AND NOT EXISTS (
        SELECT 1 FROM exhibits_custody_event p
        WHERE p.exhibit_id = NEW.exhibit_id AND p.number = NEW.number - 1
          AND p.state_after = NEW.state_before
          AND p.holder_after = NEW.holder_before
          AND p.seal_after = NEW.seal_before
          AND (p.occurred_at <= NEW.occurred_at
            OR (NEW.kind = 'correct' AND NEW.corrected_field = 'occurred_at')))
    """,
    "corrects what is not an earlier event of the same exhibit": """
      NEW.kind = 'correct' AND NOT EXISTS (
        SELECT 1 FROM exhibits_custody_event c
        WHERE c.id = NEW.corrects_id AND c.exhibit_id = NEW.exhibit_id
          AND c.number < NEW.number AND c.kind <> 'correct')
    """,
    "begins without its parent": """
      NEW.kind = 'split' AND NOT EXISTS (
        SELECT 1 FROM exhibits_custody_event p
        JOIN exhibits_exhibit e ON e.parent_id = p.exhibit_id
        WHERE p.id = NEW.split_from_id AND e.id = NEW.exhibit_id AND p.kind = 'split_off'
          AND p.holder_after = NEW.holder_after AND p.holder_after = NEW.holder_before
          AND p.occurred_at <= NEW.occurred_at)
    """,
    "begins a sub-exhibit as if it had been seized by itself": """
      NEW.kind = 'seizure' AND EXISTS (
        SELECT 1 FROM exhibits_exhibit e
        WHERE e.id = NEW.exhibit_id AND e.parent_id IS NOT NULL)
    """,
}
_SQLITE = """
CREATE TRIGGER custody_chain_{index} BEFORE INSERT ON exhibits_custody_event WHEN {condition}
BEGIN SELECT RAISE(ABORT, 'continuity {words}'); END
"""
_POSTGRES = """
CREATE FUNCTION polit_custody_chain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
{checks}
RETURN NEW; END $$
"""
_POSTGRES_CHECK = """
IF {condition} THEN RAISE EXCEPTION 'continuity {words}'
USING ERRCODE = 'integrity_constraint_violation'; END IF;
"""
_POSTGRES_TRIGGER = """
CREATE TRIGGER custody_chain BEFORE INSERT ON exhibits_custody_event
FOR EACH ROW EXECUTE FUNCTION polit_custody_chain()
"""


def make_chain(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers of the database at hand."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        checks = "".join(
            _POSTGRES_CHECK.format(condition=condition, words=words)
            for words, condition in _CHAIN.items()
        )
        schema_editor.execute(_POSTGRES.replace("{checks}", checks), params=None)
        schema_editor.execute(_POSTGRES_TRIGGER, params=None)
        return
    for index, (words, condition) in enumerate(_CHAIN.items()):
        schema_editor.execute(
            _SQLITE.format(index=index, condition=condition, words=words), params=None
        )


class Migration(migrations.Migration):
    dependencies = [("exhibits", "0001_initial")]

    operations = [
        AppendOnly("exhibits_custody_event"),
        AppendOnly("exhibits_passcode"),
        migrations.RunPython(make_chain, migrations.RunPython.noop),
    ]
