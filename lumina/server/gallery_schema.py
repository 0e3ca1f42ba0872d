"""What the gallery's SQLite file holds: for the store that writes it, and for the doctor."""

import sqlite3

# `kind` is "result", or "starred"; `name` is "", or "shared": the columns of files that are there already.
TABLE = """
CREATE TABLE IF NOT EXISTS kept (
    visitor TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, made REAL NOT NULL, name TEXT NOT NULL,
    words TEXT NOT NULL, recipe TEXT NOT NULL, digest TEXT NOT NULL, width INTEGER NOT NULL,
    height INTEGER NOT NULL, bytes INTEGER NOT NULL, png BLOB NOT NULL, thumbnail BLOB NOT NULL,
    PRIMARY KEY (visitor, id)
) WITHOUT ROWID;
DROP INDEX IF EXISTS kept_by_age;
CREATE INDEX IF NOT EXISTS kept_by_moment ON kept (visitor, made);
CREATE INDEX IF NOT EXISTS kept_by_digest ON kept (visitor, digest);
CREATE INDEX IF NOT EXISTS kept_shared ON kept (id) WHERE name = 'shared';
"""
COLUMNS = (
    "visitor", "id", "kind", "made", "name", "words", "recipe", "digest", "width", "height", "bytes", "png",
    "thumbnail",
)  # fmt: skip
KEY = ("visitor", "id")
NEEDED = 32_000_000  # bytes that have to be free where a file is to be called damaged


class ForeignTables(sqlite3.DatabaseError):
    """A whole file of SQLite, but with other tables or columns than the gallery's."""


def check(database: sqlite3.Connection) -> int | None:
    """How many pictures a gallery's file holds; None if it is a new one, without any table.

    Raises ForeignTables if it is no gallery, sqlite3.DatabaseError if a part of it is damaged, MemoryError if
    there is too little memory to tell.
    """
    if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        bytearray(NEEDED)  # without memory, pages cannot be read that are whole
        raise sqlite3.DatabaseError("the file is malformed")
    query = "SELECT name, type FROM sqlite_schema WHERE type IN ('table', 'view')"
    tables = {name: kind for name, kind in database.execute(query) if not name.startswith("sqlite_")}
    if not tables:
        return None
    if tables.get("kept") != "table":
        raise ForeignTables(f"it holds {', '.join(sorted(tables)[:5])}, and not the gallery's table")
    rows = database.execute("PRAGMA table_info(kept)").fetchall()
    key = [row[1] for row in sorted(rows, key=lambda row: row[5]) if row[5]]
    if tuple(row[1] for row in rows) != COLUMNS or tuple(key) != KEY:
        raise ForeignTables("the columns of its table are not the gallery's")
    return int(database.execute("SELECT count(*) FROM kept").fetchone()[0])
