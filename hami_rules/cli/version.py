"""`hami --version`."""

from __future__ import annotations

__all__ = ["version_text"]


def version_text() -> str:
    """Tool, pack and statute, each with what identifies it."""
    from hami_rules import __version__, statute
    from hami_rules.pack.load import load_pack

    pack = load_pack()
    text = statute.load()
    return (
        f"hami-rules {__version__}\n"
        f"规则包 pack {pack.data.version} ({pack.data.hash}), {len(pack.rules)} rules\n"
        f"《{text.title}》 {text.hash[:16]}, {text.in_force} 起施行"
    )
