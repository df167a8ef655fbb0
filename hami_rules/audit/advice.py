"""What a good guide would do and no provision asks for: said as a notice, never as a finding."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from hami_rules.intake.errors import Problem
from hami_rules.records.location import Location
from hami_rules.records.text import Text

__all__ = ["advised"]

_NO_DIGIT = re.compile(r"\D+")


def advised(guides: Iterable[Any], locate: Callable[[Any, str], Location | None]) -> Iterator[Problem]:
    """Guides that take complaints on the phone of the office that is complained of. `locate`: the place of a field."""
    for guide in guides:
        asked, complained = (_numbers(n) for n in (guide.consult_phone, guide.complain_phone))
        if complained and complained <= asked:
            yield Problem(
                "advice",
                Text(
                    f"咨询电话与监督投诉电话相同（{guide.complain_phone}），建议分设；没有条款这样要求，只作建议",
                    f"Complaints go to the phone for questions ({guide.complain_phone}); better keep them apart. No "
                    "provision asks for it: advice only",
                ),
                locate(guide, "/complain_phone"),
            )


def _numbers(text: str | None) -> set[str]:
    """The phone numbers of a field, by their digits; 12345 is everybody's and says nothing."""
    parts = re.split(r"[,，、;；/\s或和]+", text or "")
    return {n for p in parts if len(n := _NO_DIGIT.sub("", p)) >= 7}
