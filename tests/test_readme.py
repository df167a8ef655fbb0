"""README is true: every `$ hami …` in it is run, and prints what README says (`…` stands for what is left out)."""

from __future__ import annotations

from pathlib import Path

import pytest

from hami_rules.proof.transcripts import Session, matches, printed, rewrite, sessions

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSIONS = sessions(README)


def test_readme_shows_each_door() -> None:
    said = " ".join(s.command for s in SESSIONS)
    for door in ("hami audit", "hami check", "hami show", "hami pack", "hami import platform", "hami watch"):
        assert door in said, f"README shows no {door}"
    for make in ("make demo", "make test"):
        assert make in README


@pytest.mark.parametrize("session", SESSIONS, ids=[s.command for s in SESSIONS])
def test_the_transcript_is_true(session: Session) -> None:
    if session.command.startswith("make "):
        pytest.skip("CI runs make itself")
    if not session.runnable:
        assert "shared/" in session.command, f"README shows a command that nobody can run: {session.command}"
        pytest.skip("needs data that is not part of the project")
    if "hami watch" in session.command:
        pytest.importorskip("durable", reason="needs the live extra")
    expected = list(session.lines)
    while expected and not expected[-1].strip():
        expected.pop()
    got = printed(session.command, ROOT)
    assert matches(expected, got), (
        "README says:\n"
        + "\n".join(expected)
        + "\nthe command says:\n"
        + "\n".join(got)
        + "\nrun: make generated"
    )


def test_a_page_is_put_right(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(
        "```console\n$ hami --version\nold\n$ hami pack lint\n…\n$ ls\nkept\n```\nprose\n", "utf-8"
    )
    rewrite(page)
    text = page.read_text("utf-8")
    assert "old" not in text and "\n…\n$ ls\nkept\n```\nprose\n" in text
    assert "\n".join(printed("hami --version", ROOT)) in text
