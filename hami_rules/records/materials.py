"""材料: when two names mean the same material.

A material is known by a key: `c:CODE` when it has a code or an alias in force gives it one, else `n:NAME` by its
normalised name. Two codes settle whether they are the same; a name settles nothing but itself (design: materials).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any

from .reference import Alias

__all__ = ["AliasTable", "normalise_name", "same_material"]

# Memos are cleared when full, so that a run's memory stays flat however many names it meets.
MEMO = 65_536

_NUMBER = r"[0-9一二两三四五六七八九十]+"
# Words that say in what form or how often a material is handed in, not which material it is. Kept short on
# purpose: 正本 and 副本 are two documents, 电子营业执照 is a document of its own, 公证 makes another document.
_FORM = (
    r"(?:复印件|影印件|原件|扫描件|电子版|电子件|纸质版|纸质件|原件(?:及|和|与)复印件|正反面|签字|签名|签章|盖章"
    r"|(?:需|须|应)?加盖(?:单位|企业|本单位|申请人|申请单位)?(?:公章|印章)|(?:单位|企业)?公章"
    rf"|(?:交|提供|提交|收取?)?(?:复印件|原件)?{_NUMBER}(?:份|张|套)|一式{_NUMBER}(?:份|联|套)?"
    r"|(?:校验|核验|查验|交验|验)(?:看)?原件)"
)
_JOIN = r"(?:[、,;/和及与或并]|以及|或者|并且)?"
_BRACKETED = re.compile(rf"\((?:{_FORM}{_JOIN})+\)$")
# Bare form words at the end. 第二份 counts documents, and what is left must still be a name.
_BARE = re.compile(
    rf"(?<=..)(?:(?:的)?(?:原件及复印件|原件和复印件|原件与复印件|原件、复印件|复印件|影印件|原件|扫描件|电子版|电子件|纸质版)"
    rf"|[,、]?一式{_NUMBER}(?:份|联|套)|(?<!第)(?<![0-9一二两三四五六七八九十]){_NUMBER}(?:份|套))$"
)
_QUOTES = dict.fromkeys(map(ord, "《》〈〉<>“”‘’\"'「」『』"))
_BRACKETS = str.maketrans("[]{}【】〔〕", "()()()()")
_SPACE = re.compile(r"\s+")
_END = "。.;,、:"

_names: dict[str, str] = {}


def normalise_name(text: str) -> str:
    """The name as it is compared: width, case, spaces, brackets and title marks unified; form words at the end
    dropped (身份证复印件（加盖公章） is the 身份证, in a form). Applying it twice changes nothing."""
    known = _names.get(text)
    if known is not None:
        return known
    name, before = text, None
    # One step can make room for another (a space goes, and what it kept apart composes), so until nothing changes.
    while name != before:
        before = name
        name = unicodedata.normalize("NFKC", name).casefold().translate(_BRACKETS).translate(_QUOTES)
        name = _SPACE.sub("", name).rstrip(_END)
        name = _BRACKETED.sub("", name) or name
        name = _BARE.sub("", name)
    if len(_names) >= MEMO:
        _names.clear()
    _names[text] = name
    return name


# -- keys ---------------------------------------------------------------------------------------------------------------


def same_material(a: str | None, b: str | None) -> bool | None:
    """Whether two keys are one material; `None` where neither codes nor an identical name settle it."""
    if a is None or b is None:
        return None
    if a == b:
        return True
    return False if a[0] == b[0] == "c" else None  # a key is never empty


class AliasTable:
    """Other names of coded materials, each where and while it is used.

    An alias that gives no region or no organ is used everywhere or by all. Its dates, like every date, are unknown
    where nobody said: an alias without a start, or without an end and not open-ended, settles nothing (`undated`
    lists them, so that a run can say so). Of several in force the most narrowly scoped counts; if those disagree,
    or one that may be in force (day, region or organ unknown) could overrule, the name stays unresolved.
    """

    def __init__(self, aliases: Iterable[Alias]) -> None:
        self._by_name: dict[str, list[Alias]] = {}
        undated: list[Alias] = []
        for alias in aliases:
            if not alias.alias or not alias.material_code:
                continue
            self._by_name.setdefault(normalise_name(alias.alias), []).append(alias)
            if alias.valid_from is None or (alias.valid_to is None and alias.open_ended is not True):
                undated.append(alias)
        self.undated = tuple(undated)
        self.coded: dict[str | None, str] = {}  # keys of the codes met so far
        self._plain: dict[str, str] = {}
        self._dated: dict[tuple[str, date | None, str | None, str | None], str] = {}

    def resolve(
        self, name: str | None, code: str | None, day: date | None, region: str | None, organ: str | None
    ) -> str | None:
        """The key of a material on `day`: `c:CODE`, `n:NAME`, or `None` where it has neither name nor code."""
        if code:
            key = self.coded.get(code)
            if key is not None:
                return key
            return self._keep(self.coded, code, "c:" + code.strip())
        if not name:
            return None
        key = self._plain.get(name)
        if key is not None:
            return key
        normal = normalise_name(name)
        if not normal:
            return None
        aliases = self._by_name.get(normal)
        if aliases is None:
            return self._keep(self._plain, name, "n:" + normal)
        here = (name, day, region, organ)
        key = self._dated.get(here)
        if key is None:
            found = _in_force(aliases, day, region, organ)
            key = "n:" + normal if found is None else "c:" + found
            if len(self._dated) >= MEMO:
                self._dated.clear()
            self._dated[here] = key
        return key

    @staticmethod
    def _keep(memo: dict[Any, str], name: str, key: str) -> str:
        if len(memo) >= MEMO:
            memo.clear()
        memo[name] = key
        return key


def _in_force(aliases: list[Alias], day: date | None, region: str | None, organ: str | None) -> str | None:
    """The code that the aliases of one name give, or `None` if they settle none."""
    narrowest = -1
    code: str | None = None
    possible: list[tuple[int, str | None]] = []
    for alias in aliases:
        applies = _applies(alias, day, region, organ)
        if applies is False:
            continue
        width = 2 * (alias.organ_code is not None) + (alias.region is not None)
        possible.append((width, alias.material_code))
        if applies and width > narrowest:
            narrowest, code = width, alias.material_code
    if code is None or any(width >= narrowest and other != code for width, other in possible):
        return None
    return code.strip()


def _applies(alias: Alias, day: date | None, region: str | None, organ: str | None) -> bool | None:
    """Whether the alias is in force there and then; a known mismatch settles it whatever else is unknown."""
    known = True
    for scope, here in ((alias.region, region), (alias.organ_code, organ)):
        if scope is not None and scope != here:
            if here is not None:
                return False
            known = False
    end = date.max if alias.open_ended and alias.valid_to is None else alias.valid_to
    if day is None:
        return None
    if (alias.valid_from is not None and day < alias.valid_from) or (end is not None and day > end):
        return False
    return True if known and alias.valid_from is not None and end is not None else None
