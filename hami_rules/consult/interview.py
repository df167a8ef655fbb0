"""The interview: one question at a time, the one that settles most; every answer may be taken back.

Whoever holds the conversation shows `question` and hands `reply` what was typed; nothing here reads or prints.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hami_rules.intake.errors import InputError, nearest
from hami_rules.records.labels import names as names_of
from hami_rules.records.text import Text

from .situation import TRUTHS, Situation
from .which import Bearing, Question, Which, answer

__all__ = ["BACK", "DONE", "UNKNOWN", "Interview", "Refused", "read_answer"]

UNKNOWN = ("不知道", "不清楚", "?", "？", "不详", "未知", "dk", "unknown", "")
BACK = ("返回", "上一题", "b", "back")
DONE = ("结束", "退出", "q", "quit")


class Refused(Exception):
    """What was typed is no answer to the question; `said` tells why."""

    def __init__(self, said: Text) -> None:
        super().__init__(said.en)
        self.said = said


@dataclass
class Interview:
    """A conversation about one situation."""

    which: Which
    situation: Situation
    about: frozenset[str] = frozenset()  # the kinds that it is about; answers may speak of others
    passed: frozenset[str] = frozenset()
    _past: list[tuple[Situation, frozenset[str], frozenset[str]]] = field(default_factory=list)
    bearings: list[Bearing] = field(default_factory=list)
    question: Question | None = None

    def __post_init__(self) -> None:
        self._said = frozenset(k for k, _ in (*self.situation.stated, *self.situation.answered))
        self._turn()

    def _turn(self) -> None:
        self.bearings = self.which.bearings(self.situation)
        self.question = self.which.next_question(self.situation, self.considered, self.passed)

    @property
    def considered(self) -> list[Bearing]:
        """The rules that are talked about: those that what was first said touches, and all about the kind chosen. That
        answers touch others (an organ's class is asked for) does not make the conversation about them."""
        registry = self.situation.pack.registry

        def stays(b: Bearing) -> bool:
            kinds = {
                b.place[0],
                *(registry.ancestors(b.place[0]) if registry.kinds[b.place[0]].derived else ()),
            }
            return bool(kinds & self.about) or (b.touched and bool(kinds & self._said))

        return [b for b in self.bearings if stays(b)]

    @property
    def open(self) -> int:
        """How many rules are still open."""
        return sum(b.verdict == "undetermined" for b in self.considered)

    def begin(self, kind: str) -> None:
        """Speak of a record of a kind of which nothing is known yet."""
        self._remember()
        self.about |= {kind}
        self.situation.speak_of(self.situation.pack.registry.kinds[kind])
        self._turn()

    def reply(self, text: str) -> bool:
        """Take an answer; false where the conversation is over. Raises `Refused` where it is no answer."""
        said = text.strip()
        if said.casefold() in DONE:
            return False
        if said.casefold() in BACK:
            self.back()
            return True
        question = self.question
        assert question is not None
        if said.casefold() in UNKNOWN:
            self._remember()
            self.passed |= {question.id}
        else:
            value = read_answer(question, said)
            self._remember()
            try:
                answer(self.situation, question, value)
            except InputError as error:
                self._past.pop()
                raise Refused(error.problems[0].message) from None
        self._turn()
        return self.question is not None

    def _remember(self) -> None:
        self._past.append((self.situation.copy(), self.passed, self.about))

    def back(self) -> None:
        """Take back the last answer. Raises `Refused` where there is none."""
        if not self._past:
            raise Refused(Text("已经是第一题", "this is the first question"))
        self.situation, self.passed, self.about = self._past.pop()
        self._turn()


def read_answer(question: Question, said: str) -> str:
    """What an answer means, as the value of the question. Raises `Refused`."""
    if question.sort == "bool":
        if said.casefold() in ("1", "y"):
            return "是"
        if said.casefold() in ("2", "n"):
            return "否"
        if said.casefold() not in TRUTHS:
            raise Refused(Text("请答 是、否 或者 不知道", "answer yes, no, or that you do not know"))
        return "是" if TRUTHS[said.casefold()] else "否"
    if question.sort == "choice":
        if said.isdecimal() and 1 <= int(said) <= len(question.choices):
            return question.choices[int(said) - 1][0]
        named = {
            n: code for code, words in question.choices for n in (code, words.zh, words.en, *names_of(code))
        }
        if said in named:
            return named[said]
        close = nearest(said, named)
        if close is None and question.name == "region" and said.isdecimal() and len(said) == 6:
            return said
        hint = f"；是否为“{close}”？" if close else ""
        raise Refused(
            Text(
                f"没有这一项：“{said}”{hint}请写序号或者名称",
                f"no such choice: {said!r}; give its number or name",
            )
        )
    return said
