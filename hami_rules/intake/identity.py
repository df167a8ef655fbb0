"""Who is who: natural keys, repeats judged once, contradictions judged never, and which records share a key.

Applications are too many to hold, so a first pass over their chunks keeps five 64-bit hashes or numbers for each
(40 bytes); with 64 bits, two different keys among a million meet with a probability of 3 in 100 million, and rows
whose content differs are compared in full before anything is said of them.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from hami_rules.intake.chunks import ORDINAL, Chunk, RawRow, raw_rows, row_id
from hami_rules.intake.convert import bulk_decoder, to_record
from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.records.base import Period, Record, label_of
from hami_rules.records.guide import Guide
from hami_rules.records.kinds import ROOTS, Kind
from hami_rules.records.labels import REGIONS
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = [
    "Identity",
    "PassOne",
    "Skips",
    "conflict",
    "first_pass_chunk",
    "group_hash",
    "hash64",
    "implausible",
    "key_of",
    "merge",
    "missing_key",
    "overlaps",
]

OPTIONAL = frozenset({"channel", "version", "valid_from"})
"""Parts of a natural key that a record may leave out: it then has the key without them. An undated or unnumbered
version is one version, and a guide without channel is the one for all channels; but without its item, organ or
region nobody can say what a guide is the guide of."""


def _part(record: Record, name: str) -> object:
    """A part of a key; an organ without a code goes by its name."""
    value = getattr(record, name)
    return getattr(record, "organ_name", None) if value is None and name == "organ_code" else value


def key_of(kind: Kind, record: Record) -> tuple[str, ...] | None:
    """The natural key of a root record, `None` if a part that it cannot do without is missing or blank."""
    parts = []
    for name in kind.key:
        value = _part(record, name)
        text = value if type(value) is str else "" if value is None else str(value)
        if not text.strip() and name not in OPTIONAL:
            return None
        parts.append(text)
    return tuple(parts)


def missing_key(kind: Kind, record: Record, place: Location | None) -> Problem:
    """Why a record has no natural key."""
    lacking = [n for n in kind.key if n not in OPTIONAL and not str(_part(record, n) or "").strip()]
    names = ", ".join(lacking)
    labels = "、".join(f"{label_of(kind.struct, n)}（{n}）" for n in lacking)
    return Problem(
        "no-key",
        Text(
            f"{kind.zh}缺少标识：{labels}", f"the {kind.en} has no {names}: nobody can tell which one it is"
        ),
        place,
    )


def implausible(record: Record) -> tuple[str, str, Text, Text | None] | None:
    """What a record says that cannot be, and would quietly put it out of reach of every rule: the field, a slug,
    why, and what was probably meant. A region that is no code lies outside Hami; a period that ends before it
    begins is never in force."""
    region = getattr(record, "region", None)
    if region is not None and not _is_code(region):
        return (
            "region",
            "wrong-region",
            Text(
                f"行政区划代码（region）应为 6 位数字：“{quoted(region)}”",
                f"region must be a code of 6 digits: “{quoted(region)}”",
            ),
            _region_meant(region),
        )
    if isinstance(record, Period) and (record.valid_from or date.min) > (record.valid_to or date.max):
        return (
            "valid_to",
            "wrong-period",
            Text(
                f"失效日期 {record.valid_to} 早于生效日期 {record.valid_from}",
                f"valid_to {record.valid_to} lies before valid_from {record.valid_from}",
            ),
            None,
        )
    return None


@lru_cache(maxsize=4096)
def _is_code(region: str) -> bool:
    """Six digits, or the longer codes of townships and villages that begin with them."""
    return region.isascii() and region.isdigit() and len(region) in (6, 9, 12)


def _region_meant(region: str) -> Text:
    names = {zh: code for code, (zh, _) in REGIONS.items()}
    close = nearest(region, [*REGIONS, *names])
    if close is None:
        listed = "、".join(f"{code} {zh}" for code, (zh, _) in REGIONS.items())
        return Text(f"本市：{listed}", "in Hami: " + ", ".join(REGIONS))
    code = names.get(close, close)
    return Text(f"是否为“{code}”（{REGIONS[code][0]}）？", f"did you mean “{code}” ({REGIONS[code][1]})?")


def conflict(
    kind: Kind, key: Sequence[str], place: Location | None, other: Location | None, both_ways: bool = False
) -> Problem:
    """Two records of one key say different things: neither can be believed. `both_ways`: one is given as a record, the
    other is told by events."""
    said = quoted(" / ".join(k for k in key if k))
    if both_ways:
        return Problem(
            "given-both-ways",
            Text(
                f"{kind.zh}“{said}”既有记录，又有办理动态，内容不同，另一处在 {other}",
                f"{kind.en} “{said}” is given as a record and told by events, with different content, also at {other}",
            ),
            place,
            Text("只留记录或者只留办理动态", "keep the record or the events, not both"),
        )
    return Problem(
        "conflicting",
        Text(
            f"{kind.zh}“{said}”有内容不同的多条记录，另一条在 {other}",
            f"{kind.en} “{said}” occurs with different content, also at {other}",
        ),
        place,
        Text("保留正确的一条", "keep the right one"),
    )


def hash64(*parts: str) -> int:
    """A hash of texts that is the same in every process, never 0."""
    text = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "little") or 1


def group_hash(what: str, *parts: str | None) -> int:
    """The hash of a group key (`matter`: matter_id; `holder`: applicant_id, organ_code); 0 if a part is unknown."""
    return hash64(what, *(p for p in parts if p)) if all(parts) else 0


# -- the first pass ----------------------------------------------------------------------------------------------


def _empty() -> array[int]:
    return array("Q")


@dataclass
class PassOne:
    """What the first pass keeps of each application that says whose it is; parallel arrays, in reading order.

    `keys` is 0 for one that cannot be read or has no key: it goes into quarantine, but its groups are known.
    `contents` is a hash of the row as it is written, 0 where the row was not read whole. `read` counts all rows but those
    of child tables without a parent; `unowned` counts materials handed in with nobody knows which application. `lost`:
    rows that are complete no more, because an event of theirs is in quarantine.
    """

    chunk: int
    read: int = 0
    unowned: int = 0
    rows: array[int] = field(default_factory=_empty)
    keys: array[int] = field(default_factory=_empty)
    contents: array[int] = field(default_factory=_empty)
    matters: array[int] = field(default_factory=_empty)
    holders: array[int] = field(default_factory=_empty)
    lost: array[int] = field(default_factory=_empty)


class _Ids(msgspec.Struct, gc=False):
    application_no: Any = None
    matter_id: Any = None
    applicant_id: Any = None
    organ_code: Any = None


_IDS = tuple(_Ids.__struct_fields__)


def first_pass_chunk(chunk: Chunk) -> PassOne:
    """Read the ids of every application in a chunk, and nothing else that costs time.

    Rows that cannot be read have no key; the second pass puts them into quarantine.
    """
    found = PassOne(chunk.number)
    decode = msgspec.json.Decoder(_Ids).decode
    whole = bulk_decoder(ROOTS[chunk.table].struct, frozenset(chunk.ignore))
    hashed = chunk.form in ("jsonl", "spool")
    for row in raw_rows(chunk, only=_IDS):
        if row.inside:
            found.unowned += row.inside == "submissions"
            continue
        found.read += 1
        ids: Any = None
        try:
            if row.document is not None:
                ids = None if row.problems else _of_document(row, chunk)
            elif not row.problems:
                ids = decode(row.raw)
                if not all(type(v) is str or v is None for v in (ids.application_no, ids.matter_id)) or not (
                    ids.application_no
                    and type(ids.applicant_id) in (str, type(None))
                    and type(ids.organ_code) in (str, type(None))
                ):
                    ids = whole(row.raw)  # ids under Chinese labels, or written as numbers
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InputError):
            pass
        named = ids is not None and ids.application_no and ids.application_no.strip()
        if not named:
            ids = _said(row, chunk)
            if not ids.applicant_id or not ids.organ_code:
                continue
        if row.lost:
            found.lost.append(row_id(chunk, row.ordinal))
            found.unowned += not (ids.applicant_id and ids.organ_code)
        found.rows.append(row_id(chunk, row.ordinal))
        found.keys.append(hash64(ids.application_no) if named else 0)
        content = blake2b(row.raw, digest_size=8).digest() if hashed and named else b""
        found.contents.append(int.from_bytes(content, "little"))
        found.matters.append(group_hash("matter", ids.matter_id))
        found.holders.append(group_hash("holder", ids.applicant_id, ids.organ_code))
    return found


def _of_document(row: RawRow, chunk: Chunk) -> Record | None:
    struct = ROOTS[chunk.table].struct
    return to_record(row.held, struct, None, row.pointer, frozenset(chunk.ignore))[0]


_PLAIN = re.compile(rb'"(%s)"\s*:\s*"([^"\\]+)"' % "|".join(_IDS).encode())


def _said(row: RawRow, chunk: Chunk) -> _Ids:
    """The ids that a row says which cannot be read, or has no key: of a line that breaks off, those before the break."""
    data = row.held
    if row.document is None and row.raw:
        try:
            data = msgspec.json.decode(row.raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            # The record's own ids stand before those of its parts.
            data = {k.decode(): v.decode("utf-8", "replace") for k, v in reversed(_PLAIN.findall(row.raw))}
    if not isinstance(data, dict):
        return _Ids()
    struct = ROOTS[chunk.table].struct
    said = {name: data.get(name, data.get(label_of(struct, name))) for name in _IDS}
    return _Ids(**{name: str(v) for name, v in said.items() if isinstance(v, str | int)})


@dataclass(frozen=True)
class Skips:
    """What the second pass must not judge in one chunk, by ordinal."""

    duplicates: frozenset[int] = frozenset()
    conflicts: Mapping[int, Problem] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """What the first pass found out about all applications together.

    `duplicate_rows`: rows that only repeat an earlier one. `conflicting_rows`: rows whose key occurs with another
    content, each with its problem. `shared_matters`, `shared_holders`: hashes (`group_hash`) of the keys that two
    or more of the remaining applications share. `read`: rows read.
    """

    read: int
    duplicate_rows: frozenset[int]
    conflicting_rows: Mapping[int, Problem]
    shared_matters: frozenset[int]
    shared_holders: frozenset[int]

    def skips(self, chunk: Chunk) -> Skips:
        """The part of this that concerns one chunk."""
        return self._by_chunk.get(chunk.number, _NOTHING)

    @cached_property
    def _by_chunk(self) -> dict[int, Skips]:
        duplicates: dict[int, set[int]] = {}
        conflicts: dict[int, dict[int, Problem]] = {}
        for row in self.duplicate_rows:
            duplicates.setdefault(row >> 32, set()).add(row & ORDINAL)
        for row, problem in self.conflicting_rows.items():
            conflicts.setdefault(row >> 32, {})[row & ORDINAL] = problem
        return {
            number: Skips(frozenset(duplicates.get(number, ())), conflicts.get(number, {}))
            for number in duplicates.keys() | conflicts.keys()
        }


_NOTHING = Skips()


def merge(passes: Iterable[PassOne], chunks: Sequence[Chunk]) -> Identity:
    """Join the first passes of all chunks (in any order). Rows that share a key but are not written alike are read
    again, whole, and compared as records. Raises `InputError` if a source has become unreadable."""
    passes = sorted(passes, key=lambda p: p.chunk)
    columns = PassOne(0)
    for one in passes:
        columns.read += one.read
        for name in ("rows", "keys", "contents", "matters", "holders"):
            getattr(columns, name).extend(getattr(one, name))
    groups: dict[int, list[tuple[int, int]]] = {k: [] for k in _repeated(columns.keys)}
    for row, key, content in zip(columns.rows, columns.keys, columns.contents, strict=True):
        if key in groups:
            groups[key].append((row, content))
    duplicates: set[int] = set()
    doubtful: list[list[int]] = []
    for members in groups.values():
        rows = [row for row, _ in members]
        if members[0][1] and len({content for _, content in members}) == 1:
            duplicates.update(rows[1:])
        else:
            doubtful.append(rows)
    conflicts = _compare(doubtful, chunks, duplicates)
    out = duplicates | conflicts.keys()
    return Identity(
        columns.read,
        frozenset(duplicates),
        conflicts,
        frozenset(_repeated(_without(columns.matters, columns.rows, out))),
        frozenset(_repeated(_without(columns.holders, columns.rows, out))),
    )


def _without(values: array[int], rows: array[int], out: set[int]) -> array[int]:
    return array("Q", (v for v, row in zip(values, rows, strict=True) if v and row not in out))


def _repeated(values: array[int]) -> set[int]:
    """The values that occur more than once (0 is none)."""
    found: set[int] = set()
    before = 0
    for value in sorted(values):
        if value == before and value:
            found.add(value)
        before = value
    return found


def _compare(doubtful: list[list[int]], chunks: Sequence[Chunk], duplicates: set[int]) -> dict[int, Problem]:
    """Tell repeats that are only written differently (into `duplicates`) from contradictions (returned)."""
    kind = ROOTS["applications"]
    seen = _contents({row for rows in doubtful for row in rows}, chunks)
    folded = {c.number: c.folded for c in chunks}
    conflicts: dict[int, Problem] = {}
    for rows in doubtful:
        by_key: dict[tuple[str, ...] | None, list[int]] = {}
        for row in rows:
            by_key.setdefault(seen[row][0], []).append(row)
        unread = by_key.pop(None, [])  # claims to be the same application, but is no valid record
        for key, members in by_key.items():
            if not unread and len({seen[row][1] for row in members}) == 1:
                duplicates.update(members[1:])
                continue
            everyone = members + unread
            for row in members:
                other = next(r for r in everyone if r != row)
                both = folded[row >> 32] != folded[other >> 32]
                conflicts[row] = conflict(kind, key or (), seen[row][2], seen[other][2], both)
    return conflicts


def _contents(
    rows: set[int], chunks: Sequence[Chunk]
) -> dict[int, tuple[tuple[str, ...] | None, bytes, Location]]:
    """Key, canonical content (a hash) and place of some rows."""
    numbers = {c.number: c for c in chunks}
    wanted: dict[int, set[int]] = {}
    for number in rows:
        wanted.setdefault(number >> 32, set()).add(number & ORDINAL)
    found: dict[int, tuple[tuple[str, ...] | None, bytes, Location]] = {}
    encode = msgspec.json.Encoder(order="deterministic").encode
    for number, ordinals in sorted(wanted.items()):
        chunk = numbers[number]
        kind = ROOTS[chunk.table]
        decode = bulk_decoder(kind.struct, frozenset(chunk.ignore))
        for row in raw_rows(chunk):
            if row.ordinal not in ordinals:
                continue
            try:
                record = _of_document(row, chunk) if row.document is not None else decode(row.raw)
            except InputError:
                record = None
            key = key_of(kind, record) if record is not None else None
            content = blake2b(encode(record), digest_size=16).digest()
            found[row_id(chunk, row.ordinal)] = (key, content, row.location)
    return found


# -- versions ----------------------------------------------------------------------------------------------------


def overlaps(guides: Iterable[tuple[Guide, Location]]) -> list[Problem]:
    """Versions of one guide (item, organ, region, channel) that are surely in force on the same day.

    Drafts do not count: only what may have been published. Where a bound is unknown, so is the overlap.
    """
    groups: dict[tuple[Any, ...], list[tuple[Guide, Location]]] = {}
    for guide, place in guides:
        if guide.published is not False and guide.valid_from is not None:
            key = (guide.item_code, guide.organ_code, guide.region, guide.channel)
            groups.setdefault(key, []).append((guide, place))
    problems = []
    for versions in groups.values():
        versions.sort(key=lambda v: v[0].valid_from or date.min)
        # The one that reaches furthest so far: comparing neighbours only would miss what a long one covers.
        longest: tuple[date, Guide, Location] | None = None
        for guide, place in versions:
            start = guide.valid_from
            assert start is not None
            if longest is not None and start <= longest[0]:
                item = quoted(guide.item_name or guide.item_code)
                problems.append(
                    Problem(
                        "overlapping-versions",
                        Text(
                            f"“{item}”的办事指南自{start}起与 {longest[2]} 的版本有效期重叠",
                            f"from {start} the guide “{item}” overlaps the version at {longest[2]}",
                        ),
                        place,
                        Text("写明前一版本的失效日期", "give the earlier version its last day (valid_to)"),
                    )
                )
            end = max(guide.valid_to or start, start)  # an unknown end reaches at least the first day
            if longest is None or end > longest[0]:
                longest = (end, guide, place)
    return problems
