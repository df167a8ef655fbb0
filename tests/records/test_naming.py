"""The class of an organ from its name: only what the tables say, and unknown for everything else."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hami_rules.records.naming import UNKNOWN, OrganClass, classify, complete, functions_of
from hami_rules.records.organ_table import ENTRIES, PLACES
from hami_rules.records.reference import Organ

LOCAL = ("local", "regular")
KNOWN = {
    # working departments
    "哈密市水利局": ("department", *LOCAL, "650500"),
    "哈密市发展和改革委员会": ("department", *LOCAL, "650500"),
    "哈密市市场监督管理局": ("department", *LOCAL, "650500"),
    "哈密市人力资源和社会保障局": ("department", *LOCAL, "650500"),
    "哈密市文化体育广播电视和旅游局": ("department", *LOCAL, "650500"),
    "哈密市林业和草原局（哈密市公园管理局）": ("department", *LOCAL, "650500"),
    "伊州区教育局": ("department", *LOCAL, "650502"),
    "哈密市伊州区住房和城乡建设局": ("department", *LOCAL, "650502"),
    "巴里坤哈萨克自治县农业农村局": ("department", *LOCAL, "650521"),
    "巴里坤县农业农村和水利局": ("department", *LOCAL, "650521"),
    "伊吾县商务和工业信息化局": ("department", *LOCAL, "650522"),
    "伊吾县人民政府国有资产监督管理委员会": ("department", *LOCAL, "650522"),
    "新疆维吾尔自治区哈密市民政局": ("department", *LOCAL, "650500"),
    "哈密市公安局伊州区分局": ("department", *LOCAL, "650502"),
    # leadership shared with the level above: a department all the same
    "哈密市生态环境局": ("department", None, "regular", "650500"),
    "哈密市生态环境局伊州区分局": ("department", None, "regular", "650502"),
    "哈密市国家安全局": ("department", None, "regular", "650500"),
    # led from above
    "国家税务总局哈密市税务局": ("department", "vertical", "regular", "650500"),
    "国家税务总局哈密市伊州区税务局": ("department", "vertical", "regular", "650502"),
    "国家税务总局伊吾县税务局第一税务所": ("department", "vertical", "regular", "650522"),
    "国家税务总局新星市税务局": ("department", "vertical", None, "659011"),
    "国家税务总局广东省税务局": ("department", "vertical", "regular", None),
    "哈密市气象局": ("department", "vertical", "regular", "650500"),
    "新疆维吾尔自治区哈密市烟草专卖局": ("department", "vertical", "regular", "650500"),
    "伊州区消防救援大队": ("department", "vertical", "regular", "650502"),
    "国家统计局哈密调查队": ("department", "vertical", "regular", None),
    "哈密海关": ("department", "customs", "regular", None),
    # authorised by law
    "哈密市社会保险中心": ("authorised", *LOCAL, "650500"),
    "伊吾县社会保险服务中心": ("authorised", *LOCAL, "650522"),
    "哈密市住房公积金管理中心": ("authorised", *LOCAL, "650500"),
    "哈密市不动产登记中心": ("authorised", *LOCAL, "650500"),
    # who runs government services
    "哈密市行政审批局": ("approval_bureau", *LOCAL, "650500"),
    "哈密市政务服务和数字化发展局": ("agency", *LOCAL, "650500"),
    "伊吾县政务服务管理局": ("agency", *LOCAL, "650522"),
    "伊州区政务服务管理办公室": ("agency", *LOCAL, "650502"),
    "哈密市人民政府": ("government", *LOCAL, "650500"),
    "伊州区人民政府": ("government", *LOCAL, "650502"),
    "哈密市政务服务中心": ("centre", *LOCAL, "650500"),
    "新星市人民政府": ("government", "local", "xpcc", "659011"),
    # no organs of government
    "哈密市供水有限公司": ("utility", None, None, "650500"),
    "国网新疆电力有限公司哈密供电公司": ("utility", None, None, None),
    "哈密新捷燃气有限责任公司": ("utility", None, None, None),
    "哈密市热力公司": ("utility", None, None, "650500"),
    "中国电信股份有限公司哈密分公司": ("telecom", None, None, None),
    "中国移动通信集团新疆有限公司哈密市分公司": ("telecom", None, None, None),
    "中国农业银行股份有限公司哈密分行": ("bank", None, None, None),
    "哈密市商业银行": ("bank", None, None, "650500"),
    "哈密市银行业协会": ("association", None, None, "650500"),
    "哈密市四川商会": ("association", None, None, "650500"),
    "哈密中天税务师事务所有限公司": ("intermediary", None, None, None),
    "税务师事务所": ("intermediary", None, None, None),
    # known in part: a name that can mean either, or says no more than whose it is
    "巴里坤哈萨克自治县行政审批和政务服务局": (None, *LOCAL, "650521"),
    "伊吾县行政审批服务局": (None, *LOCAL, "650522"),
    "哈密市伊州区二堡镇人民政府": (None, *LOCAL, "650502"),
    "伊州区东河街道办事处": (None, *LOCAL, "650502"),
    "哈密市高新技术产业开发区管理委员会": (None, *LOCAL, "650500"),
    "第十三师新星市市场监督管理局": (None, None, "xpcc", "659011"),
    "新疆生产建设兵团第十三师自然资源和规划局": (None, None, "xpcc", None),
    "中国人民银行哈密市分行": (None, None, None, None),
}
OUTSIDE = [
    "",
    "哈密市",
    "教育局",
    "乌鲁木齐市教育局",
    "乌鲁木齐市政务服务中心",
    "广东省教育厅",
    "哈密市天山贸易有限公司",
    "哈密市自来水工程设计院有限公司",
    "哈密市电力设备有限公司",
    "哈密市水利局水政监察支队",
    "哈密市教育局幼儿园",
    "哈密市税务学会",
    "哈密市总商会",
    "哈密市消费者协会",
    "中共哈密市委员会",
    "哈密市监察委员会",
    "哈密市邮政局",
    "哈密高新技术产业开发区管理委员会办公楼",
    "某某水利局",
]


@pytest.mark.parametrize("name", KNOWN)
def test_a_name_in_the_tables_says_what_they_say(name: str) -> None:
    assert tuple(classify(name)) == KNOWN[name]


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_name_outside_the_tables_says_nothing(name: str) -> None:
    assert classify(name) == UNKNOWN


def test_width_and_spaces_make_no_difference() -> None:
    assert classify(" 哈密市 林业和草原局(哈密市公园管理局)") == classify(
        "哈密市林业和草原局（哈密市公园管理局）"
    )


def test_a_given_region_stands_in_for_a_missing_place() -> None:
    assert classify("教育局", "650502") == ("department", "local", "regular", "650502")
    assert classify("教育局", "650100") == UNKNOWN
    assert classify("乌鲁木齐市教育局", "650502") == UNKNOWN
    assert classify(None, "650502") == UNKNOWN


def test_what_a_record_gives_is_kept() -> None:
    given_ = Organ(code="X", name="哈密市水利局", organ_class="other", led="vertical")
    assert complete(given_) == Organ(
        code="X", name="哈密市水利局", organ_class="other", led="vertical", system="regular", region="650500"
    )
    nothing = Organ(code="Y", name="某某水利局")
    assert complete(nothing) is nothing


def test_the_tables_name_only_what_records_can_hold() -> None:
    classes, leads, systems = (
        {*get_args(OrganClass), None},
        {"local", "vertical", "customs", None},
        {"regular", "xpcc"},
    )
    for _, organ_class, led, system in ENTRIES:
        assert organ_class in classes and led in leads and system in {*systems, "place", None}
    assert {system for _, system in PLACES.values()} <= systems


@given(st.text(max_size=30), st.sampled_from([None, "650500", "659011", "440000"]))
def test_any_text_is_answered(name: str, region: str | None) -> None:
    parts = classify(name, region)
    assert parts.region is None or parts.region in {code for code, _ in PLACES.values()}


FUNCTIONS = {
    "哈密市人力资源和社会保障局": ["human_resources"],
    "伊吾县市场监督管理局": ["market_supervision"],
    "伊州区发展和改革委员会": ["development_reform"],
    "哈密市金融工作办公室": ["finance"],
    "国家金融监督管理总局哈密监管分局": ["finance"],
    "巴里坤县财政局（巴里坤县金融工作办公室）": ["finance"],
    "哈密市水利局": [],
    "国家税务总局哈密市税务局": [],
    "哈密市财政局": None,  # may keep the plate of the financial office
    "哈密市社会保险中心": None,  # no department
    "某单位": None,
    "乌鲁木齐市人力资源和社会保障局": None,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_department_known_by_its_name_is_known_by_its_functions(name: str) -> None:
    assert functions_of(name) == FUNCTIONS[name]
    assert complete(Organ(code="X", name=name)).functions == FUNCTIONS[name]


def test_functions_that_a_record_gives_are_kept() -> None:
    given = Organ(code="X", name="哈密市水利局", functions=["other"])
    assert complete(given).functions == ["other"]
