"""A line of a guide that names no material at all: made of nothing but open words (其他相关材料).

Narrower than the linter: 营业执照等证明材料 is open, and yet it names the 营业执照. A demand for what only such a line
lists is a demand beyond the guide (第十四条第一款); whatever names nothing is also a finding of the linter.
"""

from __future__ import annotations

import re

from hami_rules.records.materials import normalise_name

__all__ = ["names_nothing"]

MEMO = 65_536  # lines remembered, so that a run's memory stays flat
_nothing: dict[str, bool] = {}

_OPEN = r"(?:其他|其它|其余|相关|有关|相应|必要|必需|所需|需要|必须|等|补充提供|补充提交|另行提供)"
_KIND = r"(?:申请|申报|证明|佐证|支撑|辅助|补充|证据|附件|说明|业务)"
_NOUN = r"(?:(?:材料|资料|文件|证件|凭证|手续|文书|要件)[、,及和与或]?)"
# Who asks for it, said without naming a document: the law, a body, the applicant. A body's name holds no joining
# word and no word for a document, so that 营业执照及公安局要求的其他材料 still names the 营业执照.
_LAW = r"(?:国家|自治区|省|市|区|县|法律|法规|行政法规|地方性法规|规章|规范性文件|政策|规定|上级|本|相关|有关|现行)"
_BODY = r"(?:[^、,及和与或并证照书表单票图册函报议同材资]{0,10}(?:局|厅|委|部|机关|机构|单位|中心|窗口|政府|人员|申请人|部门))"
_WHO = rf"(?:(?:其他|其它)?(?:(?:{_LAW}|{_BODY})[、,及和与或]?){{1,4}})"
_NEED = r"(?:需要|有必要|应当|必须|可以|需|须|应|依法|补充|提供|提交|报送|出示|具备)"
_ASKS = rf"(?:(?:明确规定|规定|要求|认为|确定|审查){_NEED}{{0,4}}|{_NEED}{{1,4}})"
# Who issues it (出具) narrows a line down to something, so that word is not here; nor is a bare owner (申请人的).
_CATCH_ALL = re.compile(
    rf"(?:与(?:本)?(?:申请|申请事项|事项|业务|办理事项))?"
    rf"(?:根据|按照|按|依照|依据|视|除上述材料外,?|以及|及|和)?(?:实际情况|具体情况|情况)?,?"
    rf"(?:(?:{_WHO}?{_ASKS}的?)?(?={_OPEN}){_OPEN}(?:{_OPEN}|{_KIND}|{_NEED}{{1,4}}的|的|和){{0,4}}"
    rf"|{_WHO}{_ASKS}的{_KIND}{{0,2}})"
    rf"{_NOUN}{{1,3}}(?:等|等等)?(?:\(.*\))?"
)
# A longer line says something of its own; the bound also keeps matching cheap.
_LONG = 40


def names_nothing(material_name: str) -> bool:
    """Whether a guide's line is only a catch-all (其他相关材料, 法律法规规定的其他材料) and so names no material.

    A line that names something and also stays open (营业执照等证明材料) names it: false. So does a line that says
    for what the proof is (变更事项的证明材料). Only a line made of nothing but open words counts.
    """
    known = _nothing.get(material_name)
    if known is None:
        if len(_nothing) >= MEMO:
            _nothing.clear()
        name = normalise_name(material_name)
        known = len(name) <= _LONG and _CATCH_ALL.fullmatch(name) is not None
        _nothing[material_name] = known
    return known
