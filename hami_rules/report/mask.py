"""Privacy: what a natural person can be known by is masked in everything that people read.

Identity numbers, telephone numbers and names of natural persons become a token: `王**〔甲3〕`, `6505**〔证1〕`,
`138**〔电2〕`. The number in it counts the persons of one report in the order in which they are met: the same person has
the same token throughout a report and another one in the next, and nothing in a token can be turned back into what it
stands for. Files for machines (findings, undetermined verdicts, Parquet, SARIF, the supervision export) keep values.

Names are known in two ways. A finding says which of its words come from fields of natural persons
(`Finding.persons`); in free text a name is what follows a label (`联系人：`), stands before 先生 or 女士, or has the
middle dot of Uyghur and Kazakh names in Chinese. A bare name in free text that no field gives cannot be told from
other words, and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import msgspec

from hami_rules.judge.findings import Finding, OpenGroup
from hami_rules.records.persons import is_organisation_name

from .lines import to_json
from .summary import Summary

__all__ = ["TOKEN", "Mask", "is_credit_code", "is_identity_number", "mask_all"]

_T = TypeVar("_T")

TOKEN = re.compile(r"\*\*〔[甲证电]\d+〕")
"""What stands in the place of a person's name or number."""

# -- numbers ---------------------------------------------------------------------------------------------------------

_WIDE = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
_PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_YOUNGEST = 2012
"""A number whose date of birth is later is an identity number only by its check digit: numbers of applications are
often made of a region, a day and a serial."""


def _day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _id_check(number: str) -> bool:
    total = sum(int(c) * w for c, w in zip(number, _ID_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17].upper()


def is_credit_code(number: str) -> bool:
    """A unified social credit code (GB 32100-2015) by its check character: an organisation's, which is public."""
    if len(number) != 18 or any(c not in _CREDIT for c in number):
        return False
    total = sum(_CREDIT.index(c) * pow(3, i, 31) for i, c in enumerate(number[:17]))
    return _CREDIT[(31 - total % 31) % 31] == number[17]


def is_identity_number(number: str) -> bool:
    """A resident identity number (GB 11643-1999): region, a possible date of birth, and the check digit.

    A wrong check digit is a slip of the pen, not another kind of number, unless the birth lies so late that the number
    is rather an application's, or it is the credit code of an organisation. Numbers of 15 digits, given until 1999,
    have no check digit; a year below 30 is rather that of an application.
    """
    if number[:2] not in _PROVINCES:
        return False
    if len(number) == 15:
        return (
            number.isdigit()
            and int(number[6:8]) >= 30
            and _day(1900 + int(number[6:8]), int(number[8:10]), int(number[10:12]))
        )
    if len(number) != 18 or not number[:17].isdigit() or number[17] not in "0123456789Xx":
        return False
    year = int(number[6:10])
    if not 1900 <= year <= 2100 or not _day(year, int(number[10:12]), int(number[12:14])):
        return False
    if _id_check(number):
        return True
    return year <= _YOUNGEST and not is_credit_code(number.upper())


_D = "[0-9０-９]"
# Where a number may stand: found by its first character, so that long texts are gone through fast.
_CANDIDATE = re.compile(r"[0-9０-９(（+＋][0-9０-９ ()（）XxＸｘ-]{9,}")
# A JSON number, which stands after a key's colon, is none of these: only a text is.
_NUMBER = re.compile(
    rf"(?<![0-9０-９A-Za-z_])(?:(?<!\":)|(?<=\\\":))(?:"
    rf"(?P<id>{_D}{{6}}[ -]?{_D}{{8}}[ -]?{_D}{{3}}[ -]?[0-9０-９XxＸｘ]|{_D}{{15}})"
    rf"|(?P<mobile>(?:[+＋]?(?:86|８６)[ -]?)?[1１][3-9３-９]{_D}[ -]?{_D}{{4}}[ -]?{_D}{{4}})"
    rf"|(?P<line>[(（]?[0０]{_D}{{2,3}}(?:[)）]|[ -]){_D}{{7,8}})"
    rf")(?![0-9０-９A-Za-z_]|-{_D})"
)

# -- names -----------------------------------------------------------------------------------------------------------

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜"
    "倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻"
    "祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和"
)
_COMPOUND = "欧阳|司马|上官|诸葛|司徒|东方|皇甫|尉迟|公孙|慕容|令狐|夏侯|端木|百里|呼延"
_LABELS = (
    "联系人|经办人|办理人|承办人|代办人|受托人|委托代理人|代理人|法定代表人|负责人|经营者|申请人|投诉人|举报人|当事人|被投诉人|"
    "检查人员|执法人员|检查人|审核人|受理人|窗口人员|工作人员|监督员|经手人|申请者|业主|姓名|Contact|Name|Applicant|Handler"
)
_H = "[\u3400-\u4dbf\u4e00-\u9fff]"
_NO_NAME = frozenset(
    [
        "企业",
        "个人",
        "未知",
        "没有",
        "不详",
        "本人",
        "法人",
        "自然人",
        "单位",
        "公司",
        "个体",
        "个体户",
        "其他",
        "暂无",
        "未填",
        "空缺",
        "经营主体",
        "申请人",
        "政府",
        "部门",
        "市级",
        "县级",
        "窗口",
    ]
)
_LABELLED = re.compile(
    rf"(?P<label>{_LABELS})(?P<between>(?:姓名)?\s?[：:＝=]\s?)(?P<name>{_H}{{2,4}})(?!{_H})(?!·)"
)
_LABELLED_RUN = re.compile(
    rf"(?P<label>{_LABELS})(?P<between>(?:姓名)?\s?[：:＝=]\s?)(?P<name>(?:{_COMPOUND}|[{_SURNAMES}]){_H}{{1,2}}?)"
    r"(?=电话|手机|身份证|证件|联系|同志|先生|女士|于|，|,)"
)
_TITLED = re.compile(rf"(?P<name>(?:{_COMPOUND}|[{_SURNAMES}]){_H}{{0,2}}?)(?=先生|女士)")
# What Uyghur, Kazakh and other names are written with in Chinese: it tells the name from the words around it.
_T_ = (
    "阿艾爱安昂巴拜白班包保贝比毕别博波布才策达代丹当德得登迪地丁东都杜多朵额俄恩尔发法凡菲夫弗福甫嘎尕噶盖甘冈高格戈葛根"
    "古故瓜哈海罕汗合和赫黑恒洪胡花华霍基吉加佳嘉江姜杰金津居军卡凯坎康柯科可克孔库夸拉腊来赖兰朗老勒雷里力利立丽莉连"
    "列林琳留卢鲁伦罗洛玛马买麦曼毛梅美门蒙孟米密敏明莫默穆木那娜纳乃奈南内尼娘宁牛农努奴诺欧帕潘佩彭皮普其齐奇恰钱乔"
    "切钦琴曲热仁日荣肉如入若萨赛三散桑色森沙莎山珊尚舍什沈生胜史士斯丝松苏素孙索塔台太泰坦唐特腾提铁廷图吐托瓦汪旺威"
    "维温文翁沃乌吾武西希习夏辛欣星兴休许旭雅亚娅延扬也叶依伊衣义因印英尤优于玉元约云再赞则泽扎札张珍真芝珠主祖孜佐"
)
_DOTTED = re.compile(rf"[{_T_}]{{1,8}}(?:·[{_T_}]{{1,8}})+|{_H}{{2,4}}(?:·{_H}{{2,4}})+")
_PERSONS = re.compile(r'"persons":(\[[^\]]*\])')
_ROOT = re.compile(r'"root_key":"([^"\\]*)"')


def _numbers(text: str, shown: Callable[[re.Match[str]], str]) -> str:
    """The text with each `_NUMBER` in it as it is shown."""
    out, done = [], 0
    for run in _CANDIDATE.finditer(text):
        at = max(run.start(), done)
        while at < run.end():
            match = _NUMBER.search(text, at, min(run.end() + 2, len(text)))
            if match is None:
                break
            out += [text[done : match.start()], shown(match)]
            at = done = match.end()
    return "".join([*out, text[done:]]) if done else text


class Mask:
    """The tokens of one report. Give it the findings first and in their order: that numbers the persons."""

    def __init__(self) -> None:
        self._tokens: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}
        self.names: dict[str, None] = {}

    def __bool__(self) -> bool:
        """Whether anything has been masked so far."""
        return bool(self._tokens)

    def _token(self, sort: str, value: str, shown: str) -> str:
        token = self._tokens.get((sort, value))
        if token is None:
            number = self._counts[sort] = self._counts.get(sort, 0) + 1
            token = self._tokens[sort, value] = f"{shown}**〔{sort}{number}〕"
        return token

    def name(self, name: str) -> str:
        """The token of a person's name, or of the number that a person is known by."""
        plain = re.sub(r"[ -]", "", name.translate(_WIDE))
        if plain.isascii() and any(c.isdigit() for c in plain):
            return self._token("证", plain.upper(), plain[:4] if len(plain) >= 15 else plain[:1])
        return self._token("甲", name, name[:1])

    def text(self, text: str, persons: Sequence[str] = (), own: str = "") -> str:
        """A text with persons masked. `persons` are known to be some; `own` is the record's own number, which is a
        telephone's or an old identity number's only by chance.

        Works on the JSON of a finding as on a single text: what it puts in needs no escaping, and numbers of JSON stay.
        """

        def number(match: re.Match[str]) -> str:
            plain = re.sub(r"[^0-9Xx]", "", match[0].translate(_WIDE))
            if match["id"]:
                if not is_identity_number(plain) or (len(plain) == 15 and match[0] == own):
                    return match[0]
                return self._token("证", plain.upper(), plain[:4])
            if match[0] == own:
                return match[0]
            if match["mobile"]:
                plain = plain[-11:]
                return self._token("电", plain, plain[:3])
            return self._token("电", plain, plain[:4])

        def named(match: re.Match[str]) -> str:
            name = match["name"]
            if (
                name in _NO_NAME
                or is_organisation_name(name)
                or name.endswith(("公司", "单位", "企业", "部门"))
            ):
                return match[0]
            return match[0][: match.start("name") - match.start()] + self.name(name)

        def dotted(match: re.Match[str]) -> str:
            return match[0] if is_organisation_name(match[0]) else self.name(match[0])

        for person in sorted(persons, key=lambda p: (-len(p), p)):
            if person in text:
                text = text.replace(person, self.name(person))
        text = _numbers(text, number)
        if "·" in text:
            text = _DOTTED.sub(dotted, text)
        if "：" in text or ":" in text or "=" in text or "＝" in text:
            text = _LABELLED_RUN.sub(named, _LABELLED.sub(named, text))
        if "先生" in text or "女士" in text:
            text = _TITLED.sub(named, text)
        return text

    def line(self, line: str) -> str:
        """A finding as a line of JSON, masked."""
        found = _PERSONS.search(line)
        persons = msgspec.json.decode(found[1], type=tuple[str, ...]) if found else ()
        self.names.update(dict.fromkeys(persons))
        own = _ROOT.search(line)
        return self.text(line, persons, own[1] if own else "")

    def struct(self, value: _T) -> _T:
        """A struct (a group, a summary) with all its texts masked."""
        line = to_json(value).decode()
        masked = self.text(line, tuple(self.names))
        return value if masked == line else msgspec.json.decode(masked, type=type(value))

    def finding(self, finding: Finding) -> Finding:
        """One finding, masked."""
        line = to_json(finding).decode()
        masked = self.line(line)
        return finding if masked == line else msgspec.json.decode(masked, type=Finding)


def mask_all(
    findings: Path | None, groups: Sequence[OpenGroup], summary: Summary, target: Path
) -> tuple[tuple[OpenGroup, ...], Summary]:
    """Write the findings of a findings.jsonl to `target`, masked, and give groups and summary masked with the same
    tokens. Without `findings` the file is empty."""
    mask = Mask()
    with target.open("wb") as out:
        if findings is not None:
            with findings.open("rb") as lines:
                for line in lines:
                    out.write(mask.line(line.decode()).encode())
    return tuple(_group(mask, g) for g in groups), mask.struct(summary)


def _group(mask: Mask, group: OpenGroup) -> OpenGroup:
    for example in group.examples:
        mask.names.update(dict.fromkeys(example.persons))
    return mask.struct(group)
