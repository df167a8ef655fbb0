"""What supervision knows, kept in SQLite so that a killed process goes on where it was: events, cards, alerts.

Everything that one batch of events changes is written in one transaction, the alerts that it raised included. Alerts go
out afterwards, by their numbers: whoever takes them says which number he has, so that none is lost and none repeated.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["State", "StateError"]

FORMAT = "2"
_TABLES = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS subjects (
  n INTEGER PRIMARY KEY, root TEXT NOT NULL, key TEXT NOT NULL, cards BLOB, UNIQUE (root, key));
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, subject INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS events_of ON events (subject);
CREATE TABLE IF NOT EXISTS wakes (subject INTEGER PRIMARY KEY, at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS wakes_at ON wakes (at);
CREATE TABLE IF NOT EXISTS members (grp TEXT NOT NULL, subject INTEGER NOT NULL, PRIMARY KEY (grp, subject)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS members_of ON members (subject);
CREATE TABLE IF NOT EXISTS outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS aside (seq INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS sources (name TEXT PRIMARY KEY, offset INTEGER NOT NULL, line INTEGER NOT NULL) WITHOUT ROWID;
"""


class StateError(Exception):
    """A state folder that cannot be used; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class State:
    """The state in a folder (0700), or in a temporary file where there is none. One process at a time."""

    def __init__(self, folder: Path | None) -> None:
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self.lasting = folder is not None
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="hami-")
            folder = Path(self._temporary.name)
        else:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        path = folder / "state.sqlite"
        try:
            self.db = sqlite3.connect(path, isolation_level=None, timeout=0.5, cached_statements=256)
            path.chmod(0o600)
            # Held until the end, so that two watchers cannot write one state.
            self.db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self.db.execute("PRAGMA journal_mode=WAL")
            self.db.execute(f"PRAGMA synchronous={'FULL' if self.lasting else 'OFF'}")
            self.db.execute("PRAGMA cache_size=-65536")
            self.db.executescript(_TABLES)
            self.db.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise StateError(
                f"状态文件夹 {folder} 正由另一个 hami watch 使用，或者不能写入（{error}）",
                f"the state in {folder} is in use by another hami watch, or cannot be written ({error})",
            ) from None
        except sqlite3.DatabaseError as error:
            raise StateError(
                f"{path} 不是 hami watch 的状态（{error}）", f"{path} is no state of hami watch ({error})"
            ) from None
        found = self.get("format")
        if found is None:
            self.set("format", FORMAT)
        elif found != FORMAT:
            raise StateError(
                f"{folder} 是另一版程序留下的状态：换一个文件夹，把事件重放一遍",
                f"the state in {folder} was kept by another version: take another folder and replay the events",
            )

    # -- one transaction a batch -----------------------------------------------------------------------------------

    def commit(self) -> None:
        """Make all that was written since the last one lasting, in one go."""
        self.db.execute("COMMIT")
        self.db.execute("BEGIN IMMEDIATE")

    def close(self) -> None:
        """Let go; what was not committed is undone."""
        if self.db.in_transaction:
            self.db.execute("ROLLBACK")
        self.db.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def get(self, name: str) -> str | None:
        row = self.db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if row is None else row[0]

    def set(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # -- events and what they are about ------------------------------------------------------------------------------

    def subject(self, root: str, key: str) -> tuple[int, bytes | None, bool]:
        """The number of a subject, its cards, and whether it is a new one."""
        row = self.db.execute(
            "SELECT n, cards FROM subjects WHERE root = ? AND key = ?", (root, key)
        ).fetchone()
        if row is not None:
            return row[0], row[1], False
        made = self.db.execute("INSERT INTO subjects (root, key) VALUES (?, ?)", (root, key))
        assert made.lastrowid is not None
        return made.lastrowid, None, True

    def named(self, number: int) -> tuple[str, str]:
        root, key = self.db.execute("SELECT root, key FROM subjects WHERE n = ?", (number,)).fetchone()
        return root, key

    def subjects(self, root: str | None = None) -> Iterator[tuple[int, str, str]]:
        """All subjects, as they came."""
        where, args = ("WHERE root = ?", (root,)) if root else ("", ())
        yield from self.db.execute(f"SELECT n, root, key FROM subjects {where} ORDER BY n", args).fetchall()

    def keep_cards(self, number: int, cards: bytes) -> None:
        self.db.execute("UPDATE subjects SET cards = ? WHERE n = ?", (cards, number))

    def all_cards(self) -> Iterator[bytes]:
        """The cards of every subject that has any."""
        for (cards,) in self.db.execute("SELECT cards FROM subjects WHERE cards IS NOT NULL"):
            yield cards

    def carded(self, root: str) -> list[tuple[int, bytes]]:
        """The subjects of a kind that have cards, with them."""
        return self.db.execute(
            "SELECT n, cards FROM subjects WHERE root = ? AND cards IS NOT NULL ORDER BY n", (root,)
        ).fetchall()

    def event(self, identity: str) -> bytes | None:
        """The event that was kept by that id."""
        row = self.db.execute("SELECT body FROM events WHERE id = ?", (identity,)).fetchone()
        return None if row is None else row[0]

    def add_event(self, identity: str, subject: int, body: bytes) -> None:
        self.db.execute("INSERT INTO events VALUES (?, ?, ?)", (identity, subject, body))

    def events_of(self, subject: int) -> list[bytes]:
        return [r[0] for r in self.db.execute("SELECT body FROM events WHERE subject = ?", (subject,))]

    # -- groups and wakes --------------------------------------------------------------------------------------------

    def join(self, subject: int, groups: Iterable[str]) -> None:
        self.db.execute("DELETE FROM members WHERE subject = ?", (subject,))
        self.db.executemany("INSERT INTO members VALUES (?, ?)", [(g, subject) for g in groups])

    def groups_of(self, subject: int) -> tuple[str, ...]:
        return tuple(
            r[0]
            for r in self.db.execute("SELECT grp FROM members WHERE subject = ? ORDER BY grp", (subject,))
        )

    def members(self, group: str) -> list[int]:
        return [
            r[0]
            for r in self.db.execute("SELECT subject FROM members WHERE grp = ? ORDER BY subject", (group,))
        ]

    def wake(self, subject: int, at: str | None) -> None:
        """When a subject is to be looked at again though nothing is told of it."""
        if at is None:
            self.db.execute("DELETE FROM wakes WHERE subject = ?", (subject,))
        else:
            self.db.execute("INSERT OR REPLACE INTO wakes VALUES (?, ?)", (subject, at))

    def wake_of(self, subject: int) -> str | None:
        row = self.db.execute("SELECT at FROM wakes WHERE subject = ?", (subject,)).fetchone()
        return None if row is None else row[0]

    def due(self, until: str) -> tuple[str, int] | None:
        """The first wake that is due by an instant."""
        row = self.db.execute(
            "SELECT at, subject FROM wakes WHERE at <= ? ORDER BY at, subject LIMIT 1", (until,)
        ).fetchone()
        return None if row is None else (row[0], row[1])

    # -- what goes out -------------------------------------------------------------------------------------------------

    def next_alert(self) -> int:
        """The number that the next alert will bear."""
        row = self.db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").fetchone()
        return 1 if row is None else row[0] + 1

    def put_alert(self, body: bytes) -> None:
        self.db.execute("INSERT INTO outbox (body) VALUES (?)", (body,))

    def alerts(self, after: int) -> list[tuple[int, bytes]]:
        return self.db.execute("SELECT seq, body FROM outbox WHERE seq > ? ORDER BY seq", (after,)).fetchall()

    def forget_alerts(self, upto: int) -> None:
        self.db.execute("DELETE FROM outbox WHERE seq <= ?", (upto,))

    def put_aside(self, body: bytes) -> None:
        self.db.execute("INSERT INTO aside (body) VALUES (?)", (body,))

    def aside(self, after: int) -> list[tuple[int, bytes]]:
        return self.db.execute("SELECT seq, body FROM aside WHERE seq > ? ORDER BY seq", (after,)).fetchall()

    # -- where the sources were left -------------------------------------------------------------------------------------

    def position(self, source: str) -> tuple[int, int]:
        """How far a source was read: bytes and lines."""
        row = self.db.execute("SELECT offset, line FROM sources WHERE name = ?", (source,)).fetchone()
        return (0, 0) if row is None else (row[0], row[1])

    def read_to(self, source: str, offset: int, line: int) -> None:
        self.db.execute("INSERT OR REPLACE INTO sources VALUES (?, ?, ?)", (source, offset, line))
