"""What a visitor has made: pictures with their recipes, in one SQLite file."""

import hashlib
import io
import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from PIL import Image

from lumina.errors import InvalidImage, LuminaError
from lumina.files import refusal
from lumina.images import MAX_RESULT_BYTES, digest_of, open_image, read_recipe
from lumina.server.gallery_schema import COLUMNS, TABLE, ForeignTables, check
from lumina.tasks.image_input import ImageInput

log = logging.getLogger(__name__)

MAX_BYTES = 500_000_000  # of one visitor; the oldest results give way
MAX_TOTAL = 20_000_000_000  # of all, whose names cost nothing
THUMBNAIL = 224  # pixels along the longer side
PATIENCE = 5.0  # seconds that one process waits for another's writing

SIZES = "CREATE INDEX IF NOT EXISTS kept_by_size ON kept (made, bytes);"  # to add up without the pictures
_SHOWN = "id, made, words, recipe, width, height, thumbnail, kind = 'starred'"


@dataclass(frozen=True)
class StoredPicture:
    """A picture in the store: when it was ``made`` (seconds since 1970), its recipe, a small WebP of it."""

    id: str
    made: float
    words: str
    recipe: str
    width: int
    height: int
    thumbnail: bytes
    is_starred: bool


class GalleryStore:
    """Pictures of all visitors; every call names whose are meant, and reaches no other but what is shared.

    Names of visitors are hashed before they are written. ``most`` bytes are kept of each, ``total``
    of all, for ``hours`` or for ever: what is older is deleted before anything else is done. Every method
    raises LuminaError with one sentence where the file cannot be used, or is full; ``failure`` is that of the
    last picture, empty if it is kept.
    """

    def __init__(
        self, file: Path, most: int = MAX_BYTES, hours: float | None = None, total: int = MAX_TOTAL
    ) -> None:
        self._file, self._most, self._hours, self._total = file, most, hours, total
        self._lock, self._is_ready, self._news = Lock(), False, ""
        self.failure = ""

    def news(self) -> str:
        """What has befallen the file, in a sentence that is given once; empty if nothing has."""
        news, self._news = self._news, ""
        return news

    def keep(self, visitor: str, png: bytes) -> str:
        """Keep a result, a PNG with its recipe, and give its id; the same one is kept once, with its star."""
        recipe = read_recipe(png, MAX_RESULT_BYTES) or ""
        image = open_image(png, keep_alpha=True, most=MAX_RESULT_BYTES)
        owner, key = _hashed(visitor), key_of(png)
        row = (
            owner, key, "result", time.time(), "", words_of(recipe).lower(), recipe,
            digest_of(image), *image.size, len(png), png, _thumbnail(image),
        )  # fmt: skip
        again = "ON CONFLICT (visitor, id) DO UPDATE SET made = excluded.made"
        try:
            with self._open() as database:
                database.execute(f"INSERT INTO kept VALUES ({_places(row)}) {again}", row)
                self._make_room(database, owner)
        except LuminaError as error:
            self.failure = str(error)
            raise
        self.failure = ""
        return key

    def search(
        self, visitor: str, text: str = "", limit: int = 50, *, starred: bool = False
    ) -> list[StoredPicture]:
        """The newest pictures, or those with a star, whose words contain every word of ``text``."""
        wanted = text.lower().split()[:20]
        query = f"SELECT {_SHOWN} FROM kept WHERE visitor = ?"
        query += " AND kind = 'starred'" if starred else ""
        query += " AND instr(words, ?) > 0" * len(wanted) + " ORDER BY made DESC LIMIT ?"
        with self._open() as database:
            rows = database.execute(query, (_hashed(visitor), *wanted, limit)).fetchall()
        return [StoredPicture(*row[:-1], *map(bool, row[-1:])) for row in rows]

    def png(self, visitor: str, key: str) -> bytes | None:
        """The picture itself, as it was kept."""
        found: bytes | None = self._one("png", visitor, key)
        return found

    def recipe(self, visitor: str, key: str) -> str | None:
        """The recipe, to restore a result's settings."""
        found: str | None = self._one("recipe", visitor, key)
        return found

    def size(self) -> int:
        """Bytes of the pictures of all visitors together."""
        with self._open() as database:
            return int(database.execute("SELECT coalesce(sum(bytes), 0) FROM kept").fetchone()[0])

    def star(self, visitor: str, key: str, is_starred: bool) -> None:
        """Give a picture a star, or take it away."""
        row = ("starred" if is_starred else "result", _hashed(visitor), key)
        with self._open() as database:
            database.execute("UPDATE kept SET kind = ? WHERE visitor = ? AND id = ?", row)

    def share(self, visitor: str, key: str) -> None:
        """Show a picture to whoever has its id, as long as it is kept."""
        with self._open() as database:
            query = "UPDATE kept SET name = 'shared' WHERE visitor = ? AND id = ?"
            database.execute(query, (_hashed(visitor), key))

    def shared(self, key: str) -> bytes | None:
        """A picture that somebody has shared; None if nobody has, or it is deleted."""
        with self._open() as database:
            query = "SELECT png FROM kept WHERE id = ? AND name = 'shared'"
            row = database.execute(query, (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def delete(self, visitor: str, key: str, *, spares_starred: bool = False) -> bool:
        """Delete a picture for good, or only if it has no star; whether one is gone."""
        query = "DELETE FROM kept WHERE visitor = ? AND id = ?"
        query += " AND kind <> 'starred'" if spares_starred else ""
        with self._open() as database:
            gone = database.execute(query, (_hashed(visitor), key))
        return gone.rowcount > 0

    def find(self, visitor: str, name: str) -> ImageInput | None:
        """A visitor's picture by ``sha256:…`` of its pixels."""
        query = "SELECT png FROM kept WHERE visitor = ? AND digest = ? LIMIT 1"
        with self._open() as database:
            row = database.execute(query, (_hashed(visitor), name)).fetchone()
        if row is None:
            return None
        try:
            return ImageInput.opened(row[0], MAX_RESULT_BYTES)
        except InvalidImage:
            return None

    def _one(self, column: str, visitor: str, key: str) -> Any:
        query = f"SELECT {column} FROM kept WHERE visitor = ? AND id = ?"
        with self._open() as database:
            row = database.execute(query, (_hashed(visitor), key)).fetchone()
        return None if row is None else row[0]

    def _make_room(self, database: sqlite3.Connection, owner: str) -> None:
        """Delete a visitor's oldest pictures until the rest fits, then those of all."""
        query = "SELECT visitor, id, bytes FROM kept WHERE visitor = ? ORDER BY made DESC"
        _delete_beyond(database, self._most, database.execute(query, (owner,)).fetchall())
        (of_all,) = database.execute("SELECT sum(bytes) FROM kept").fetchone()
        if of_all > self._total:
            query = "SELECT visitor, id, bytes FROM kept ORDER BY made DESC"
            _delete_beyond(database, self._total, database.execute(query).fetchall())

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection to what is not too old."""
        with self._connected() as database:
            if self._hours is not None:
                database.execute("DELETE FROM kept WHERE made < ?", (time.time() - 3600 * self._hours,))
            yield database

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        """A connection whose changes are written together, or not at all."""
        self._prepare()
        try:
            with closing(sqlite3.connect(self._file, timeout=PATIENCE)) as database:
                database.execute("PRAGMA synchronous = NORMAL")
                with database:
                    yield database
        except sqlite3.Error as error:
            self._is_ready = self._is_ready and _is_busy(
                error
            )  # else the file is examined before its next use
            raise _unusable(error) from error

    def _prepare(self) -> None:
        """Make the file and its tables where they are missing; a damaged file is put aside for a new one."""
        with self._lock:
            if self._is_ready and self._file.exists():
                return
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                self._make_tables()
            except OSError as error:
                raise LuminaError(f"Pictures cannot be kept: {refusal(error, self._file.parent)}") from error
            except sqlite3.Error as error:
                if not _is_damage(error):
                    raise _unusable(error) from error
                aside = self._put_aside()
                self._make_tables()
                saved = self._saved_from(aside)
                self._news = _news_of(error, saved)
                log.warning("%s (%s; it lies in %s)", self._news, error, aside)
            self._is_ready = True

    def _make_tables(self) -> None:
        with closing(sqlite3.connect(self._file, timeout=PATIENCE)) as database, database:
            check(database)
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(TABLE + SIZES)

    def _put_aside(self) -> Path:
        aside = self._file.with_name(f"{self._file.name}.damaged-{time.time_ns()}")
        for ending in ("", "-wal", "-shm"):
            part = self._file.with_name(self._file.name + ending)
            if part.exists():
                part.replace(aside.with_name(aside.name + ending))
        return aside

    def _saved_from(self, aside: Path) -> int:
        """Put the pictures that a damaged file still gives, from either end, into the new one; how many."""
        with (
            closing(sqlite3.connect(aside)) as old,
            closing(sqlite3.connect(self._file, timeout=PATIENCE)) as new,
            new,
        ):
            before, query = new.total_changes, f"SELECT {', '.join(COLUMNS)} FROM kept ORDER BY visitor"
            for order in ("ASC", "DESC"):
                with suppress(sqlite3.Error):
                    for row in old.execute(f"{query} {order}, id {order}"):
                        png = row[COLUMNS.index("png")]
                        if isinstance(png, bytes) and key_of(png) == row[1]:
                            new.execute(f"INSERT OR IGNORE INTO kept VALUES ({_places(row)})", row)
            return new.total_changes - before


def _delete_beyond(database: sqlite3.Connection, most: int, newest_first: list[tuple[str, str, int]]) -> None:
    """Delete what goes beyond so many bytes, except the newest."""
    total = 0
    for owner, key, size in newest_first:
        total += size
        if total > most and total > size:
            database.execute("DELETE FROM kept WHERE visitor = ? AND id = ?", (owner, key))


def key_of(png: bytes) -> str:
    """The id that a picture has in a store."""
    return hashlib.sha256(png).hexdigest()[:32]


def _news_of(error: sqlite3.Error, saved: int) -> str:
    what = "held other tables" if isinstance(error, ForeignTables) else "was damaged"
    were = "1 picture was" if saved == 1 else f"{saved} pictures were"
    return f"The gallery's file {what}; {were} saved from it, into a new one."


def _places(row: tuple[Any, ...]) -> str:
    return ", ".join("?" * len(row))


def _is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is no gallery (any more); without its tables it is an empty one."""
    signs = ("malformed", "not a database", "file is encrypted", "no such column", "no such table")
    return isinstance(error, ForeignTables) or any(word in str(error) for word in signs)


def _is_busy(error: sqlite3.Error) -> bool:
    return any(word in str(error) for word in ("locked", "busy", "full"))


def _unusable(error: sqlite3.Error) -> LuminaError:
    advice = "the log of the server says why"
    if "full" in str(error):
        advice = "its disk is full; free some space, or delete some pictures"
    elif _is_busy(error):
        advice = "another program is writing to it; try again in a moment"
    elif _is_damage(error):
        advice = "its file was damaged, and a new one is begun; try again"
    elif any(word in str(error) for word in ("unable to open", "disk I/O", "readonly")):
        advice = "its file, gallery.sqlite, cannot be opened or written; `lumina doctor` says where it lies"
    return LuminaError(f"The gallery cannot be read or written: {advice}.")


@dataclass(frozen=True)
class SessionImages:
    """One visitor's pictures, where a workflow looks up those that it names."""

    store: GalleryStore
    visitor: str

    def find(self, name: str) -> ImageInput | None:
        """The picture called ``name``, None if this visitor has none, or the gallery cannot be read now."""
        try:
            return self.store.find(self.visitor, name)
        except LuminaError:
            return None


def words_of(recipe: str) -> str:
    """All texts in a recipe, to search in."""
    try:
        document = json.loads(recipe)
    except ValueError:
        return ""
    parts = (
        [document.get(name) for name in ("title", "inputs", "nodes")] if isinstance(document, dict) else []
    )
    return " ".join(_texts(parts))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def _hashed(visitor: str) -> str:
    return hashlib.sha256(visitor.encode()).hexdigest()


def _thumbnail(image: Image.Image) -> bytes:
    small, file = image.copy(), io.BytesIO()
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    small.save(file, format="WEBP", quality=80)
    return file.getvalue()
