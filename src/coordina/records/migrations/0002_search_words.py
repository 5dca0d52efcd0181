"""The full-text index over search rows: FTS5 kept by triggers on SQLite, a GIN index on PostgreSQL."""

from typing import Any

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE records_searchwords USING fts5(words, content='records_searchrow', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
    "CREATE TRIGGER records_searchrow_made AFTER INSERT ON records_searchrow BEGIN"
    " INSERT INTO records_searchwords(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER records_searchrow_gone AFTER DELETE ON records_searchrow BEGIN"
    " INSERT INTO records_searchwords(records_searchwords, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER records_searchrow_kept AFTER UPDATE ON records_searchrow BEGIN"
    " INSERT INTO records_searchwords(records_searchwords, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO records_searchwords(rowid, words) VALUES (new.id, new.words); END",
)
POSTGRESQL = (
    "CREATE INDEX records_searchwords ON records_searchrow USING gin (to_tsvector('simple'::regconfig, words))",
)


def forwards(apps: Any, schema_editor: Any) -> None:
    """Make the index the database knows."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def backwards(apps: Any, schema_editor: Any) -> None:
    """Drop it."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX records_searchwords")
        return
    for name in ("made", "gone", "kept"):
        schema_editor.execute(f"DROP TRIGGER records_searchrow_{name}")
    schema_editor.execute("DROP TABLE records_searchwords")


class Migration(migrations.Migration):
    """Full-text search."""

    dependencies = [("records", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
