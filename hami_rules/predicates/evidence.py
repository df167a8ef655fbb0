"""What documents show of the norms that only documents can prove (`derive/expectation.py`)."""

from __future__ import annotations

from datetime import date

from hami_rules.records.text import Text

from .registry import about, predicate

expectation = about("expectation")


@predicate("所评判的是本规则的职责")
def expected_by(rule: str, number: str) -> bool:
    """The duty expected is the one of that rule."""
    return rule == number


@predicate("佐证证明未落实")
def evidence_of_omission(shown_undone: bool) -> bool:
    """The prevailing evidence shows it not done; unknown where evidence that may prevail might show so."""
    return shown_undone


_STANDING = {
    "none": Text("没有佐证", "no evidence"),
    "unsettled": Text("佐证不能确定", "the evidence settles nothing"),
    "lapsed": Text("佐证已过有效期", "the evidence has lapsed"),
    "done": Text("佐证证明已落实", "shown done"),
    "not_done": Text("佐证证明未落实", "shown not done"),
}


@expectation.fact("佐证所示", sees_unknown=True)
def evidence_shown(
    standing: str | None, document: str | None, evidence_no: str | None, dated: date | None
) -> Text | None:
    """What the prevailing evidence shows, and which document that is."""
    if standing is None:
        return None
    said, named = _STANDING[standing], document or ""
    if standing == "none":
        return said
    day = Text(
        f"{dated.year}年{dated.month}月{dated.day}日" if dated else "日期不明", str(dated or "undated")
    )
    number = Text(f"（佐证编号{evidence_no}）", f" (evidence {evidence_no})") if evidence_no else Text("", "")
    return Text(
        f"{said.zh}：《{named.strip('《》')}》{number.zh}，{day.zh}"
        if named
        else f"{said.zh}：佐证{number.zh}，{day.zh}",
        f"{said.en}: {named}{number.en}, {day.en}",
    )
