"""Finding out what a dossier holds: which file is which table, by the manifest or by convention."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass, field
from pathlib import Path

from hami_rules.intake.chunks import documents, likely_tables, records_in
from hami_rules.intake.columns import Columns, no_table, resolve
from hami_rules.intake.errors import InputError, Problem, nearest, quoted
from hami_rules.intake.manifest import MANIFEST, Manifest, TableSpec, read_manifest
from hami_rules.intake.spool import Feed
from hami_rules.intake.tables import (
    FORMS,
    Form,
    TableFile,
    header_location,
    read_headers,
    read_rows,
    sheet_names,
)
from hami_rules.records.base import Record
from hami_rules.records.kinds import KINDS, ROOTS, TABLES
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["Layout", "Source", "find_layout", "matches", "walk"]


@dataclass(frozen=True)
class Source:
    """One file (one sheet of it) that holds records of a table, alone or together with joined tables."""

    table: str
    form: Form
    name: str
    path: Path
    sheet: str | None = None
    spec: TableSpec = field(default_factory=TableSpec)
    entry: str = ""  # the name of its entry in the manifest
    told: bool = False  # a document found by what it holds: the table of each record is told from itself


@dataclass(frozen=True)
class Layout:
    """What was found: the sources of each table in order, the tables that need joining or mapping (`feeds`), the
    files that count as input, and those that nothing claims."""

    root: Path
    manifest: Manifest
    sources: tuple[Source, ...]
    feeds: dict[str, Feed]
    unclaimed: tuple[Problem, ...]
    files: tuple[Path, ...]


def find_layout(path: Path, name: str | None = None, without: frozenset[str] = frozenset()) -> Layout:
    """Look through a folder or a file. Raises `InputError` with everything that keeps it from being read as a
    whole: names, headers, sheets, joins, unreadable files. `name`, `without`: see `open_dossier`."""
    return _Opening(path, name, without).layout()


class _Opening:
    def __init__(self, path: Path, name: str | None, without: frozenset[str]) -> None:
        self.given, self.called = path, name
        self.problems: list[Problem] = []
        self.texts: dict[str, str] = {}  # of documents with problems, to show the line
        self.unclaimed: list[Problem] = []
        self.sources: list[Source] = []
        self.children: dict[str, list[tuple[tuple[str, ...], Source]]] = {}
        self.claimed: set[tuple[Path, str | None]] = set()
        self.manifest = Manifest()
        self.manifest_path: Path | None = None
        self.single = False
        if not path.exists():
            self._stop(
                "not-found", "没有这个文件或文件夹", "there is no such file or folder", Location(str(path))
            )
        if path.is_dir():
            self.root, self.files = path, walk(path)
            here = path / MANIFEST
            if here.is_file():
                self.manifest_path = here
        elif path.name == MANIFEST:
            self.root, self.files, self.manifest_path = path.parent, walk(path.parent), path
        else:
            self.root, self.files, self.single = path.parent, [path], True
        self.files = [f for f in self.files if str(f) not in without]
        if self.manifest_path is not None:
            name = self._name(self.manifest_path)
            self.manifest = read_manifest(self.manifest_path, name)
            self.texts[name] = self.manifest.text

    def _stop(self, code: str, zh: str, en: str, place: Location) -> None:
        raise InputError([Problem(code, Text(zh, en), place)])

    def _name(self, path: Path) -> str:
        """A file as the user would name it: relative where he was relative; under the name that the dossier is given."""
        if not self.called:
            return str(path)
        if path == self.given:
            return self.called
        called = Path(self.called) if self.given == self.root else Path(self.called).parent
        return str(called / path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)

    def layout(self) -> Layout:
        for name, spec in self.manifest.tables.items():
            self._from_manifest(name, spec)
        named = {path for path, _ in self.claimed}
        for path in self.files:
            if not self._exempt(path) and path not in named:
                try:
                    self._by_convention(path)
                except InputError as error:
                    self.problems += error.problems
                    if error.text is not None:
                        self.texts[self._name(path)] = error.text
        feeds = self._feeds()
        if not self.sources and not self.problems:
            why = Text("：没有文件", ": there are no files")
            if self.files:
                why = Text("：都不是记录", ": none of the files holds any")
            said = Text(f"没有可读的记录{why.zh}", f"there are no records to read{why.en}")
            raise InputError(
                [Problem("empty-dossier", said, Location(self._name(self.given))), *self.unclaimed]
            )
        if self.problems:
            # One text can be shown, so only where all problems stand in it.
            places = {p.location.source if p.location else "" for p in self.problems}
            raise InputError(self.problems, self.texts.get(places.pop()) if len(places) == 1 else None)
        files = sorted({p for p, _ in self.claimed} | ({self.manifest_path} if self.manifest_path else set()))
        return Layout(
            self.root, self.manifest, tuple(self.sources), feeds, tuple(self.unclaimed), tuple(files)
        )

    def _exempt(self, path: Path) -> bool:
        relative = path.relative_to(self.root)
        return (
            path == self.manifest_path
            or (not self.single and path.name.upper().startswith("README"))
            or (not self.single and path.suffix.lower() == ".md")
            or any(
                fnmatch.fnmatchcase(relative.as_posix(), pattern) for pattern in self.manifest.ignore_files
            )
        )

    def _claim(self, source: Source, path: tuple[str, ...] = ()) -> None:
        self.claimed.add((source.path, source.sheet))
        if path:
            self.children.setdefault(source.table, []).append((path, source))
        else:
            self.sources.append(source)

    # -- by the manifest -----------------------------------------------------------------------------------------

    def _from_manifest(self, name: str, spec: TableSpec) -> None:
        at = ("tables", name)
        table = name
        path: tuple[str, ...] = ()
        if spec.table_of is not None:
            found = _child_path(spec.table_of)
            if found is None:
                self.problems.append(
                    self.manifest.problem(
                        "unknown-parent",
                        f"“{quoted(spec.table_of)}”不是记录中的清单",
                        f"“{quoted(spec.table_of)}” is no list inside a record",
                        *at,
                        "table_of",
                        hint=Text("写作 application.demands 的形式", "write it like application.demands"),
                    )
                )
                return
            table, path = found
        for i, pattern in enumerate(spec.patterns):
            where = (*at, "file") if spec.file and i == 0 else (*at, "files", str(i - bool(spec.file)))
            hits = [p for p in self.files if matches(p.relative_to(self.root), pattern)]
            if not hits:
                names = [p.relative_to(self.root).as_posix() for p in self.files]
                close = nearest(pattern, names)
                self.problems.append(
                    self.manifest.problem(
                        "no-such-file",
                        f"档案中没有文件“{quoted(pattern)}”",
                        f"there is no file “{quoted(pattern)}” in the dossier",
                        *where,
                        hint=Text(f"是否为“{close}”？", f"did you mean “{close}”?") if close else None,
                    )
                )
            for hit in hits:
                form = FORMS.get(hit.suffix.lower())
                if form is None or (form == "document" and path):
                    self.problems.append(
                        self.manifest.problem(
                            "unknown-format",
                            f"不能从“{quoted(hit.name)}”读取此表",
                            f"this table cannot be read from “{quoted(hit.name)}”",
                            *where,
                            hint=Text(
                                "可读 CSV、XLSX、JSONL、Parquet；顶层表另可用 YAML、JSON",
                                "CSV, XLSX, JSONL, Parquet; for root tables also YAML and JSON",
                            ),
                        )
                    )
                    continue
                if form == "document" and not spec.plain:
                    self.problems.append(
                        self.manifest.problem(
                            "not-for-documents",
                            "columns、empty、codes 只用于表格和 JSONL",
                            "columns, empty and codes are for tables and JSONL only",
                            *at,
                            key=True,
                        )
                    )
                for word, only in (("encoding", "csv"), ("sheet", "xlsx")):
                    if getattr(spec, word) is not None and form != only:
                        self.problems.append(
                            self.manifest.problem(
                                "not-for-this-format",
                                f"“{word}”只用于 {only.upper()}",
                                f"“{word}” is for {only.upper()} only",
                                *at,
                                word,
                                key=True,
                            )
                        )
                sheet = spec.sheet
                if form == "xlsx":
                    try:
                        sheets = sheet_names(TableFile(hit, self._name(hit), "xlsx"))
                    except InputError as error:
                        self.problems += error.problems
                        continue
                    if sheet is None:
                        sheet = sheets[0] if len(sheets) == 1 else name if name in sheets else None
                    if sheet is None or sheet not in sheets:
                        self._unknown_sheet(hit, sheet, sheets, at)
                        continue
                self._claim(Source(table, form, self._name(hit), hit, sheet, spec, name), path)

    def _unknown_sheet(self, path: Path, sheet: str | None, sheets: list[str], at: tuple[str, ...]) -> None:
        close = nearest(sheet, sheets) if sheet else None
        self.problems.append(
            self.manifest.problem(
                "unknown-sheet",
                f"“{path.name}”没有工作表“{quoted(sheet)}”"
                if sheet
                else f"“{path.name}”有多个工作表，须写明 sheet",
                f"“{path.name}” has no sheet “{quoted(sheet)}”"
                if sheet
                else f"“{path.name}” has several sheets: say which `sheet`",
                *at,
                *(("sheet",) if sheet else ()),
                hint=Text(f"是否为“{close}”？", f"did you mean “{close}”?")
                if close
                else Text("工作表：" + "、".join(sheets), "sheets: " + ", ".join(sheets)),
            )
        )

    # -- by convention -------------------------------------------------------------------------------------------

    def _by_convention(self, path: Path) -> None:
        form = FORMS.get(path.suffix.lower())
        if form is None:
            old = path.suffix.lower() in (".xls", ".xlsb", ".et", ".ods")
            self._unclaimed(
                path,
                "这种电子表格请另存为 .xlsx 或 CSV" if old else "不认识的文件格式",
                "save this spreadsheet as .xlsx or CSV" if old else "the format is not known",
            )
            return
        folders = [] if self.single else list(path.relative_to(self.root).parts[:-1])
        known = _table_named(path.stem)
        if known is None:
            known = next((n for n in map(_table_named, reversed(folders)) if n), None)
        name = self._name(path)
        if form == "xlsx":
            self._sheets(path, name, known)
        elif form == "document":
            self._document(path, name, known[0] if known and not known[1] else None)
        elif known is not None:
            self._claim(Source(known[0], form, name, path), known[1])
        elif self.single:
            self._claim(Source(self._told(TableFile(path, name, form)), form, name, path))
        else:
            self._unclaimed(path, "文件名不是表名", "its name is no table's")

    def _sheets(self, path: Path, name: str, known: tuple[str, tuple[str, ...]] | None) -> None:
        sheets = sheet_names(TableFile(path, name, "xlsx"))
        matched = [(s, t) for s in sheets if (t := _table_named(s))]
        if not matched and len(sheets) == 1:
            file = TableFile(path, name, "xlsx", sheets[0])
            if known is None and self.single:
                known = (self._told(file), ())
            if known is not None:
                matched = [(sheets[0], known)]
        for sheet, (table, inside) in matched:
            self._claim(Source(table, "xlsx", name, path, sheet), inside)
        taken = {s for s, _ in matched}
        for sheet in sheets:
            if sheet not in taken:
                self._unclaimed(path, "工作表名不是表名", "the sheet's name is no table's", sheet)

    def _document(self, path: Path, name: str, table: str | None) -> None:
        if table is not None and not self.single:
            # Named for its table: read when its turn comes, so that one broken document stops nothing.
            self._claim(Source(table, "document", name, path))
            return
        told = [(document, row) for document in documents(path, name) for row in records_in(document, table)]
        if not self.single and told and all(row[3] and row[3].code == "no-record" for _, row in told):
            # The settings of some other program, say.
            self._unclaimed(path, "不含记录的文档", "a document that holds no records")
            return
        tables: dict[str, None] = {}
        for document, (found, _, _, problem) in told:
            if found is not None:
                tables[found] = None
            elif problem is not None:
                self.problems.append(problem)
                self.texts[document.source] = document.text
        for found in tables:
            self._claim(Source(found, "document", name, path, told=True))

    def _told(self, file: TableFile) -> str:
        """The table that a lone file holds, told from its columns or its first record."""
        names: list[str] = read_headers(file) or []
        if file.form == "jsonl":
            names = list(next((row.cells for row in read_rows(file) if row.cells), {}))
        best = likely_tables(set(names))
        if len(best) != 1 and len(names) == 1 and (uncut := no_table(names[0], _is_column)) is not None:
            zh, en, hint = uncut
            raise InputError(
                [Problem("not-a-table", Text(zh, en), header_location(file, names, names[0]), hint)]
            )
        if len(best) != 1:
            raise InputError(
                [
                    Problem(
                        "unknown-kind",
                        Text("看不出此文件是哪一张表", "it cannot be told which table this file holds"),
                        file.location(),
                        Text(
                            "把文件名改为表名（如 applications），或用 dossier.yaml 写明",
                            "name the file for its table (such as applications), or say so in dossier.yaml",
                        ),
                    )
                ]
            )
        return best[0]

    def _unclaimed(self, path: Path, zh: str, en: str, sheet: str | None = None) -> None:
        place = Location(self._name(path), sheet=sheet, cell="A1" if sheet else None)
        self.unclaimed.append(
            Problem(
                "unclaimed",
                Text(f"未读取：{zh}", f"not read: {en}"),
                place,
                Text(
                    f"把{'工作表' if sheet else '文件'}名改为表名（如 applications），或在 dossier.yaml 的 tables 中写明，或列入 ignore_files",
                    f"name the {'sheet' if sheet else 'file'} for its table (such as applications), or name it under "
                    "tables in dossier.yaml, or under ignore_files",
                ),
            )
        )

    # -- joins ---------------------------------------------------------------------------------------------------

    def _feeds(self) -> dict[str, Feed]:
        """The tables that have to be joined or mapped before a worker can read them."""
        feeds: dict[str, Feed] = {}
        for table, below in self.children.items():
            if not any(s.table == table and s.form != "document" for s in self.sources):
                for path, source in below:
                    inside = ".".join(path)
                    self.problems.append(
                        Problem(
                            "no-parent-table",
                            Text(
                                f"子表（{table}.{inside}）没有上级表 {table}",
                                f"child table {table}.{inside} has no table {table} to hang under",
                            ),
                            Location(source.name, sheet=source.sheet),
                        )
                    )
        for table in TABLES:
            sources = [s for s in self.sources if s.table == table and s.form != "document"]
            below = self.children.get(table, []) if sources else []
            joined = [s for s in sources if below or not self._direct(s)]
            if joined:
                try:
                    feeds[table] = self._feed(table, joined, below)
                except InputError as error:
                    self.problems += error.problems
            for source in sources:
                if source not in joined:
                    try:
                        read_headers(self._file(source))
                    except InputError as error:
                        self.problems += error.problems
        return feeds

    def _direct(self, source: Source) -> bool:
        """Whether a worker can read the file as it stands."""
        if source.form == "jsonl":
            return source.spec.plain
        if source.form == "parquet" and source.spec.plain and not source.spec.ignore:
            try:
                headers = read_headers(self._file(source)) or []
            except InputError:
                return True  # said when its headers are read
            return set(headers) <= set(TABLES[source.table].fields)
        return False

    def _file(self, source: Source) -> TableFile:
        return TableFile(source.path, source.name, source.form, source.sheet, source.spec.encoding)

    def _feed(self, table: str, sources: list[Source], below: list[tuple[tuple[str, ...], Source]]) -> Feed:
        kind = TABLES[table]
        root = Feed(table, [])
        feeds: dict[tuple[str, ...], Feed] = {(): root}
        owners: dict[tuple[str, ...], list[Source]] = {(): sources}
        # Shorter paths first, so that a parent is there before what hangs under it.
        for path, source in sorted(below, key=lambda b: len(b[0])):
            owners.setdefault(path, []).append(source)
            if path in feeds:
                continue
            parent = next(p for p in (path[:n] for n in range(len(path) - 1, -1, -1)) if p in feeds)
            target = resolve(kind.struct, ".".join(path))
            assert target is not None
            feed = Feed(
                source.entry or f"{table}.{'.'.join(path)}",
                [],
                path=path[len(parent) :],
                is_list=target.field.sort == "list",
                key=source.spec.key or {name: name for name in kind.key},
                order=source.spec.order,
                partial=source.spec.partial,
            )
            feeds[path] = feed
            feeds[parent].children.append(feed)
        for path, feed in feeds.items():
            struct: type[Record] = kind.struct
            if path:
                inner = resolve(kind.struct, ".".join(path))
                assert inner is not None and inner.field.struct is not None
                struct = inner.field.struct
            joins = {*feed.key, *((feed.order,) if feed.order else ())}
            for child in feed.children:
                joins |= set(child.key.values())
            for source in owners[path]:
                self._add_file(feed, struct, source, joins)
        return root

    def _add_file(self, feed: Feed, struct: type[Record], source: Source, joins: set[str]) -> None:
        file = self._file(source)
        name = source.entry or source.table
        columns = Columns(struct, name, source.spec, self.manifest, file.form != "jsonl", joins)
        self.problems += columns.problems
        feed.files.append((file, columns))
        try:
            headers = read_headers(file)
        except InputError as error:
            self.problems += error.problems
            return
        if headers is not None:
            known = [h for h in headers if h]
            self.problems += columns.check_headers(known, lambda h: header_location(file, headers, h))


def _is_column(name: str) -> bool:
    """Whether a table has a column of that name."""
    return any(resolve(kind.struct, name.strip()) is not None for kind in TABLES.values())


def walk(folder: Path) -> list[Path]:
    """All files below a folder, by path; dot-files and dot-folders are not looked at, nor what Excel leaves beside
    an open workbook (`~$…`), nor folders that an audit wrote its output to."""
    found: list[Path] = []
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not _is_output(Path(here) / f))
        found += [Path(here) / n for n in names if not n.startswith((".", "~$"))]
    return sorted(found)


OUTPUT = {"summary.json", "findings.jsonl", "quarantine.jsonl", "undetermined.jsonl"}


def _is_output(folder: Path) -> bool:
    """Whether a folder holds the output of an audit (`-o` inside the dossier)."""
    return all((folder / name).is_file() for name in OUTPUT)


def matches(path: Path, pattern: str) -> bool:
    """Whether a path is named by a pattern: itself, a folder above it, or a glob (`*` does not cross folders)."""
    wanted = [p for p in pattern.removeprefix("./").split("/") if p]
    return _parts_match(list(path.parts), wanted)


def _parts_match(parts: list[str], wanted: list[str]) -> bool:
    if not wanted:
        return True  # a folder names everything below it
    if wanted[0] == "**":
        return any(_parts_match(parts[i:], wanted[1:]) for i in range(len(parts) + 1) if wanted[1:] or parts)
    return (
        bool(parts)
        and (parts[0] == wanted[0] or fnmatch.fnmatchcase(parts[0], wanted[0]))
        and _parts_match(parts[1:], wanted[1:])
    )


def _table_named(name: str) -> tuple[str, tuple[str, ...]] | None:
    """The table that a file, folder or sheet is named for: `guides`, or `applications.demands` for a joined one."""
    if name in TABLES:
        return name, ()
    return _child_path(name) if name.partition(".")[0] in ROOTS else None


def _child_path(text: str) -> tuple[str, tuple[str, ...]] | None:
    """`application.demands` (or `applications.demands`) as (table, path inside the record)."""
    head, _, rest = text.partition(".")
    kind = ROOTS.get(head) or (KINDS.get(head) if head in KINDS and KINDS[head].table else None)
    if kind is None or kind.table is None or not rest:
        return None
    target = resolve(kind.struct, rest)
    if target is None or target.field.struct is None or any(isinstance(p, int) for p in target.path):
        return None
    return kind.table, tuple(str(p) for p in target.path)
