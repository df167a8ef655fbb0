"""Build hook: the wheel carries the validated pack ready-made, so that no user waits for it to be checked again."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ReadyPack(BuildHookInterface):  # type: ignore[type-arg]
    """Writes `_data/pack.json` into the wheel; an editable install reads the checkout and needs none."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        sys.path.insert(0, self.root)
        from hami_rules.pack.cache import pack_file, shipped_key

        rules = Path(self.root) / "rules"
        made = Path(self.directory) / "pack.json"
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(pack_file(rules, shipped_key(rules)))
        build_data["force_include"][str(made)] = "hami_rules/_data/pack.json"
