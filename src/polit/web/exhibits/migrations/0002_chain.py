"""Make continuity append-only, and a chain, below everything that writes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from polit.web.core.append_only import AppendOnly

# What an event's time is by the last correction of it.
_RIGHT_TIME = """
  COALESCE(
    (SELECT k.corrected_at FROM exhibits_custody_event k
     WHERE k.corrects_id = o.id AND k.corrected_field = 'occurred_at'
     ORDER BY k.number DESC LIMIT 1),
    o.occurred_at)
"""
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
            OR (NEW.kind = 'correct' AND NEW.corrected_field = 'occurred_at'
              AND NEW.occurred_at = NEW.corrected_at)))
    """,
    "was recorded when no clock here has come to": "NEW.recorded_at > {soon}",
    "corrects a time to one that another event forbids": """
      NEW.kind = 'correct' AND NEW.corrected_field = 'occurred_at' AND EXISTS (
        SELECT 1 FROM exhibits_custody_event c
        JOIN exhibits_custody_event o ON o.exhibit_id = c.exhibit_id
        WHERE c.id = NEW.corrects_id AND o.kind <> 'correct' AND (
          (o.number < c.number AND {right_time} > NEW.corrected_at)
          OR (o.number > c.number AND {right_time} < NEW.corrected_at)
          OR (o.number > c.number AND NEW.occurred_at < (
            SELECT p.occurred_at FROM exhibits_custody_event p
            WHERE p.exhibit_id = NEW.exhibit_id AND p.number = NEW.number - 1))))
    """,
    "corrects a time apart from that of the part that was split off": """
      NEW.kind = 'correct' AND NEW.corrected_field = 'occurred_at' AND EXISTS (
        SELECT 1 FROM exhibits_custody_event c
        JOIN exhibits_custody_event o ON o.id = c.split_from_id OR o.split_from_id = c.id
        WHERE c.id = NEW.corrects_id AND (
          (c.kind = 'split' AND {right_time} > NEW.corrected_at)
          OR (c.kind = 'split_off' AND {right_time} < NEW.corrected_at)))
    """,
    "moves what a correction of something else leaves alone": """
      NEW.kind = 'correct' AND EXISTS (
        SELECT 1 FROM exhibits_custody_event c
        JOIN exhibits_custody_event o ON o.exhibit_id = c.exhibit_id AND o.number > c.number
        WHERE c.id = NEW.corrects_id AND (
          (NEW.holder_before <> NEW.holder_after AND o.kind IN (
            'hand_over', 'store', 'take_out', 'send_to_laboratory', 'return'))
          OR (NEW.seal_before <> NEW.seal_after AND o.kind IN (
            'seal', 'change_seal', 'open_seal'))))
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
# Instants compare as text there, so that they are all written alike is part of their order.
_INSTANT = "[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]"
_SQLITE_ALONE = {
    "has an instant that is not written as all others": " OR ".join(
        f"""
        (NEW.{column} IS NOT NULL AND NEW.{column} NOT GLOB '{_INSTANT}'
         AND NEW.{column} NOT GLOB '{_INSTANT}.{"[0-9]" * 6}')
        """
        for column in ("occurred_at", "recorded_at", "corrected_at")
    ),
}
_SQLITE_SOON = "strftime('%Y-%m-%d %H:%M:%f', 'now', '+2 minutes')"
_POSTGRES_SOON = "clock_timestamp() + interval '2 minutes'"
_SQLITE = """
CREATE TRIGGER custody_chain_{index} BEFORE INSERT ON exhibits_custody_event WHEN {condition}
BEGIN SELECT RAISE(ABORT, 'continuity {words}'); END
"""
_SQLITE_ORIGIN = """
CREATE TRIGGER exhibit_origin BEFORE UPDATE ON exhibits_exhibit
WHEN NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.parent_id IS NOT OLD.parent_id
BEGIN SELECT RAISE(ABORT, 'an exhibit keeps its case and its parent'); END
"""
_POSTGRES_ORIGIN = """
CREATE FUNCTION polit_exhibit_origin() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.id <> OLD.id OR NEW.case_id <> OLD.case_id OR NEW.parent_id IS DISTINCT FROM OLD.parent_id
THEN RAISE EXCEPTION 'an exhibit keeps its case and its parent'
USING ERRCODE = 'integrity_constraint_violation'; END IF;
RETURN NEW; END $$
"""
_POSTGRES_ORIGIN_TRIGGER = """
CREATE TRIGGER exhibit_origin BEFORE UPDATE ON exhibits_exhibit
FOR EACH ROW EXECUTE FUNCTION polit_exhibit_origin()
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


def _filled(condition: str, soon: str) -> str:
    return condition.replace("{soon}", soon).replace("{right_time}", _RIGHT_TIME)


def make_chain(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the triggers of the database at hand."""
    del apps
    if schema_editor.connection.vendor == "postgresql":
        checks = "".join(
            _POSTGRES_CHECK.format(condition=_filled(condition, _POSTGRES_SOON), words=words)
            for words, condition in _CHAIN.items()
        )
        schema_editor.execute(_POSTGRES.replace("{checks}", checks), params=None)
        schema_editor.execute(_POSTGRES_TRIGGER, params=None)
        schema_editor.execute(_POSTGRES_ORIGIN, params=None)
        schema_editor.execute(_POSTGRES_ORIGIN_TRIGGER, params=None)
        return
    schema_editor.execute(_SQLITE_ORIGIN, params=None)
    for index, (words, condition) in enumerate((_CHAIN | _SQLITE_ALONE).items()):
        told = _filled(condition, _SQLITE_SOON)
        schema_editor.execute(_SQLITE.format(index=index, condition=told, words=words), params=None)


class Migration(migrations.Migration):
    dependencies = [("exhibits", "0001_initial")]

    operations = [
        AppendOnly("exhibits_custody_event"),
        AppendOnly("exhibits_passcode"),
        AppendOnly("exhibits_photograph_withdrawal"),
        migrations.RunPython(make_chain, migrations.RunPython.noop),
    ]
