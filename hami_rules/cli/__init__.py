"""The `hami` command: one module a command, each parses, calls and prints; no logic here."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Entry point of the console script."""
    from .app import app

    app()
