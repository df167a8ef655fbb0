"""The rooms of the house and the one way of the arrows: an upper room may import a lower one, never the reverse.

Imports are read from the syntax tree, top-level and nested alike, so that an import inside a function is no way round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import hami_rules

PACKAGE = Path(hami_rules.__file__).parent
ROOMS = (
    "cli", "report", "gate", "live", "consult", "audit", "proof", "engine", "judge", "pack", "predicates", "derive",
    "wording", "intake", "records", "statute", "truth", "assets",
)  # fmt: skip
"""From top to bottom."""

LEVEL = {room: i for i, room in enumerate(ROOMS)}
ALLOWED_UP: dict[tuple[str, str], str] = {}
"""(module, imported room) → why this one arrow points upwards. Empty is best."""


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "hami_rules" and len(parts) > 1 else None


def imports(path: Path, package: Path = PACKAGE) -> Iterator[tuple[int, str]]:
    """(line, dotted module) of every import in a file; relative ones made absolute."""
    module = ("hami_rules", *path.relative_to(package).with_suffix("").parts)
    here = module[:-1]  # the package that a relative import starts from
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            source = (*base, *(node.module.split(".") if node.module else ()))
            if len(source) == 1 and source[0] == "hami_rules":
                # `from hami_rules import statute`: the names are rooms
                yield from ((node.lineno, f"hami_rules.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, ".".join(source)
        elif isinstance(node, ast.Call) and _imports_by_name(node):
            name = node.args[0]
            assert isinstance(name, ast.Constant)
            yield node.lineno, str(name.value)


def _imports_by_name(node: ast.Call) -> bool:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return called == "import_module" and bool(node.args) and isinstance(node.args[0], ast.Constant)


def upward(path: Path, package: Path = PACKAGE) -> Iterator[str]:
    """Every import of a file that points upwards, as `path:line: …`."""
    shown = path.relative_to(package.parent)
    relative = path.relative_to(package)
    mine = relative.parts[0].removesuffix(".py")
    if mine not in LEVEL:
        return  # hami_rules/__init__.py and __main__.py stand outside the rooms
    for line, module in imports(path, package):
        other = room_of(module)
        if other is None or other == mine or other not in LEVEL or (mine, other) in ALLOWED_UP:
            continue
        if LEVEL[other] < LEVEL[mine]:
            yield f"{shown}:{line}: {mine} imports {module}, a room above it"


def test_arrows_point_downwards() -> None:
    wrong = [message for path in sorted(PACKAGE.rglob("*.py")) for message in upward(path)]
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_room_is_known() -> None:
    found = {
        p.name.removesuffix(".py")
        for p in PACKAGE.iterdir()
        if p.suffix == ".py" or (p / "__init__.py").is_file()
    }
    unknown = sorted(found - set(ROOMS) - {"__init__", "__main__"})
    assert not unknown, f"hami_rules/ holds rooms that ROOMS does not place: {unknown}"


def test_intake_does_not_know_the_judge() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {module}"
        for path in sorted((PACKAGE / "intake").rglob("*.py"))
        for line, module in imports(path)
        if room_of(module) in ("judge", "pack", "predicates", "report", "audit", "cli")
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_reports_know_findings_and_counts_and_nothing_else_of_the_judge() -> None:
    """Nothing downstream of findings knows how a rule was evaluated. The accounts read the counts of a run."""
    allowed = {("", "hami_rules.judge.findings"), ("account.py", "hami_rules.judge.engine")}
    wrong = [
        f"{path.relative_to(PACKAGE.parent)}:{line}: {module}"
        for path in sorted((PACKAGE / "report").rglob("*.py"))
        for line, module in imports(path)
        if room_of(module) == "judge" and not allowed & {("", module), (path.name, module)}
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_check_sees_nested_relative_and_named_imports(tmp_path: Path) -> None:
    package = tmp_path / "hami_rules"
    (package / "records").mkdir(parents=True)
    file = package / "records" / "sly.py"
    file.write_text(
        "from importlib import import_module\n"
        "def f():\n"
        "    from hami_rules.judge.engine import Judge\n"
        "    import hami_rules.pack.load\n"
        "    from ..intake import errors\n"
        "    from hami_rules import report\n"
        "    import_module('hami_rules.cli.audit')\n"
        "    from .base import Record\n"
        "    from hami_rules.truth import all_of\n",
        encoding="utf-8",
    )
    lines = [m.split(": ")[0] for m in upward(file, package)]
    assert lines == [f"hami_rules/records/sly.py:{n}" for n in (3, 4, 5, 6, 7)]
