"""The libraries that the page carries are what they say they are, with their licences."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

VENDOR = files("hami_rules.report") / "vendor"
MANIFEST = json.loads((VENDOR / "vendored.json").read_text(encoding="utf-8"))


def test_every_file_has_the_digest_that_the_manifest_gives() -> None:
    given = {name: digest for library in MANIFEST.values() for name, digest in library["files"].items()}
    assert given == {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in given}
    beside = {p.name for p in VENDOR.iterdir() if p.is_file()} - {"__init__.py", "vendored.json"}
    assert beside == set(given), "nothing lies here that the manifest does not name"


def test_every_library_has_its_version_and_its_licence() -> None:
    for name, library in MANIFEST.items():
        assert f"{name}.LICENSE" in library["files"] and library["licence"]
    assert f'version="{MANIFEST["echarts"]["version"]}"' in (VENDOR / "echarts.min.js").read_text(
        encoding="utf-8"
    )
    assert "Apache License" in (VENDOR / "echarts.LICENSE").read_text(encoding="utf-8")
    assert "Apache ECharts" in (VENDOR / "echarts.NOTICE").read_text(encoding="utf-8")
