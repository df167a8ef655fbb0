"""Lines of a guide that name no material, and lines that name one however open they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.wording import lint, names_nothing


@pytest.mark.parametrize(
    "line",
    ["其他相关材料", "法律法规规定的其他材料", "法律、法规、规章规定的其他材料。", "需要的其他材料", "其他证明材料", "相关材料",
     "登记机关要求的其他材料", "申请人认为需要提供的其他材料", "应当提交的其他材料", "主管部门要求提交的其他有关材料",
     "哈密市市场监督管理局要求提供的其他材料", "与申请有关的其他材料", "法律、行政法规规定的其他文件、资料",
     "其他需要提供的材料", "其他应当提交的材料", "根据实际情况需要提供的其他材料", "其他材料（如有）", "其它业务相应材料（因其它原因的）。",
     "按规定需提交的材料", "法律法规规定的材料", "补充提供的资料"],
)  # fmt: skip
def test_a_catch_all_names_nothing(line: str) -> None:
    assert names_nothing(line)
    assert lint(line, "materials"), "what names nothing is a finding of the linter too"


@pytest.mark.parametrize(
    "line",
    ["营业执照等证明材料", "营业执照以及法律法规规定的其他材料", "营业执照及公安局要求的其他材料", "其他身份证件", "身份证", "申请材料",
     "变更其他登记事项的证明材料", "环境影响报告书批复及其他相关材料", "有效护照等国际旅行证件", "公安机关出具的证明文件",
     "法律法规规定的资质证书", "有关立项文件", "申请人的有关证件", "历次规划批复文件要求提交的资料", "与经营业务有关的合同", ""],
)  # fmt: skip
def test_a_line_that_names_something_names_it(line: str) -> None:
    assert not names_nothing(line)


@given(st.text(alphabet="局部委机关提供要求的其他材料、规定", max_size=60))
def test_no_line_takes_long(line: str) -> None:
    assert names_nothing(line) in (True, False)
