"""The validated pack, kept: shipped with the wheel, or in the user's cache; rebuilt at any doubt.

Key = the pack's files + the code that reads them + the Python version. Written to a temporary file and renamed, in a
folder of the user's own (0700); JSON, never pickle. A wheel carries its own pack ready-made: its code is of one
version, so the key is that version and the pack's files.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from functools import cache
from pathlib import Path

import msgspec

from hami_rules import __version__
from hami_rules.assets import data_folder
from hami_rules.predicates import default_registry

from .load import Pack, PackData, read_pack, source_hash

__all__ = ["cache_folder", "cached_pack", "code_hash", "pack_file", "pack_key", "shipped_key"]

_PACKAGE = Path(__file__).resolve().parent.parent
_CODE = ("pack", "predicates", "records", "derive", "judge", "truth.py")


@cache
def code_hash() -> str:
    """Hash of the code that a compiled pack depends on, by size and time of its files (a wheel's never change)."""
    digest = hashlib.sha256(f"{__version__}|{sys.version}".encode())
    for name in _CODE:
        path = _PACKAGE / name
        files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        for file in files:
            stat = file.stat()
            digest.update(f"{file.relative_to(_PACKAGE)}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def pack_key(folder: Path) -> str:
    return f"{source_hash(folder)}-{code_hash()}"


def cache_folder() -> Path | None:
    """The user's own cache folder, or `None` where it cannot be had or is not his alone."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "hami-rules"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stat = folder.stat()
    except OSError:
        return None
    if hasattr(os, "getuid") and (stat.st_uid != os.getuid() or stat.st_mode & 0o077):
        return None
    return folder


def write_atomically(path: Path, content: bytes) -> None:
    """Temp file and rename: a reader sees the old file or the whole new one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)


class _Kept(msgspec.Struct):
    key: str
    sum: str
    data: msgspec.Raw


def _read(path: Path, key: str) -> PackData | None:
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
        if kept.key != key or kept.sum != hashlib.sha256(bytes(kept.data)).hexdigest():
            return None
        return msgspec.json.decode(kept.data, type=PackData)
    except (OSError, msgspec.MsgspecError):
        return None


def shipped_key(folder: Path) -> str:
    """The key of the pack that a wheel carries."""
    return f"{source_hash(folder)}-{__version__}"


def pack_file(folder: Path, key: str) -> bytes:
    """The ready-made pack of a rules folder, as the cache and the wheel hold it."""
    raw = msgspec.json.encode(read_pack(folder, default_registry()).data)
    return msgspec.json.encode(_Kept(key, hashlib.sha256(raw).hexdigest(), msgspec.Raw(raw)))


def cached_pack(folder: Path | None = None) -> Pack:
    """The pack of `folder` (default: the tool's own), from the cache where key and checksum agree."""
    folder = folder or data_folder("rules")
    shipped = folder.parent / "pack.json"
    if folder.parent.name == "_data" and shipped.is_file():
        data = _read(shipped, shipped_key(folder))
        if data is not None:
            return Pack(data, default_registry())
    key = pack_key(folder)
    kept = cache_folder()
    path = kept / f"pack-{key}.json" if kept else None
    if path is not None:
        data = _read(path, key)
        if data is not None:
            return Pack(data, default_registry())
    if path is None:
        return read_pack(folder, default_registry())
    body = pack_file(folder, key)
    write_atomically(path, body)
    data = _read(path, key)
    return Pack(data, default_registry()) if data is not None else read_pack(folder, default_registry())
