"""The tables by which an organ is known from its name (see `naming`). Only what stands here is ever concluded.

Every pattern is a full match on the name without its leading place (`哈密市伊州区`) and without a trailing bracket.
"""

from __future__ import annotations

__all__ = ["ENTRIES", "FUNCTIONS", "LEADS", "PLACES", "TOPICS", "UNTOLD", "VERTICAL_TOPICS"]

# What may stand before a place and says nothing about whose organ it is.
LEADS = ("新疆维吾尔自治区", "新疆", "国家税务总局", "国家统计局", "国家金融监督管理总局", "中国人民银行")

# Leading place → (region code, system). The longest match counts. A division (师) is no region: its organs may
# have their offices on either side of the line, so the region stays unknown unless 新星市 is named.
PLACES: dict[str, tuple[str | None, str]] = {
    "哈密市": ("650500", "regular"),
    "哈密市伊州区": ("650502", "regular"),
    "伊州区": ("650502", "regular"),
    "哈密市巴里坤哈萨克自治县": ("650521", "regular"),
    "哈密市巴里坤县": ("650521", "regular"),
    "巴里坤哈萨克自治县": ("650521", "regular"),
    "巴里坤县": ("650521", "regular"),
    "哈密市伊吾县": ("650522", "regular"),
    "伊吾县": ("650522", "regular"),
    "新星市": ("659011", "xpcc"),
    "新疆生产建设兵团": (None, "xpcc"),
    "新疆生产建设兵团第十三师": (None, "xpcc"),
    "新疆生产建设兵团第十三师新星市": ("659011", "xpcc"),
    "兵团": (None, "xpcc"),
    "兵团第十三师": (None, "xpcc"),
    "兵团第十三师新星市": ("659011", "xpcc"),
    "第十三师": (None, "xpcc"),
    "第十三师新星市": ("659011", "xpcc"),
    "十三师": (None, "xpcc"),
    "十三师新星市": ("659011", "xpcc"),
}

# Subjects that a government's working departments are named after. Departments of one government are merged
# freely, so a name is read as one or more of these, joined, before 局 or 委员会.
TOPICS = (
    "发展和改革", "发展改革", "教育", "科学技术", "科技", "工业和信息化", "工业", "信息化", "民族宗教事务",
    "民族事务", "宗教事务", "民族宗教", "公安", "民政", "司法", "财政", "人力资源和社会保障",
    "人力资源社会保障", "自然资源", "自然资源和规划", "规划", "住房和城乡建设", "住房城乡建设", "城乡建设",
    "交通运输", "交通", "水利", "水务", "农业农村", "农业", "畜牧兽医", "畜牧", "农牧", "商务", "投资促进",
    "文化和旅游", "文化旅游", "文化体育广播电视和旅游", "文体广电和旅游", "文化", "旅游", "体育", "广播电视",
    "卫生健康", "退役军人事务", "应急管理", "审计", "市场监督管理", "市场监管", "林业和草原", "林业", "草原",
    "医疗保障", "统计", "城市管理", "城市管理综合行政执法", "综合行政执法", "国有资产监督管理", "乡村振兴",
    "信访", "粮食和物资储备", "粮食", "知识产权", "药品监督管理", "食品药品监督管理", "外事", "园林绿化",
    "人民防空", "招商",
)  # fmt: skip

# Working departments whose leadership is shared with the level above: a department, but `led` stays unknown.
VERTICAL_TOPICS = ("生态环境", "国家安全", "环境保护")

# (pattern, organ_class, led, system). First match wins; `None` = this name does not settle that part, and stands
# here so that no later entry settles it wrongly. `system` "place" = that of the leading place.
ENTRIES: tuple[tuple[str, str | None, str | None, str | None], ...] = (
    # -- firms and bodies that carry an organ's word in their name ------------------------------------------------
    (r".*(税务师|会计师|资产评估|造价咨询|工程咨询).*事务所(有限公司|有限责任公司)?", "intermediary", None, None),
    (r".*(行业|业)(协|商)会|.*(律师|公证|企业家|注册会计师)协会|(?!总商会).*[^总]商会", "association", None, None),
    (r"(中国)?人民银行.*", None, "vertical", None),
    (r".*银行(股份有限公司|有限责任公司)?(.{0,20}(分行|支行|营业部))?|.*信用(合作)?(联)?社", "bank", None, None),
    (r"中国(电信|移动通信|移动|联合网络通信|联通|广电).*公司|(电信|移动|联通)(分)?公司", "telecom", None, None),
    (
        r"(国网.{0,12}电力.*|.*(供水|自来水|水务|供电|燃气|天然气|供热|热力))(集团)?(股份)?"
        r"(有限责任公司|有限公司|总公司|公司)(.{0,8}供电公司)?",
        "utility", None, None,
    ),
    # -- led from above ---------------------------------------------------------------------------------------------
    (r".*海关(驻.{1,10}办事处)?", "department", "customs", "regular"),
    (r".*税务局(.{0,12}(税务所|税务分局|稽查局|办税服务厅))?", "department", "vertical", "regular"),
    (r".*(气象局|烟草专卖局|邮政管理局)(.{0,8}分局)?", "department", "vertical", "regular"),
    (r".*消防救援(支队|大队|站|局|总队)", "department", "vertical", "regular"),
    (r".*(监管分局|监管支局)|.*调查队|.*出入境边防检查站", "department", "vertical", "regular"),
    # -- authorised by law ------------------------------------------------------------------------------------------
    (r".*(社会保险|社保)(事业|基金)?(管理|经办|服务|发展)*(服务)?(中心|局)", "authorised", "local", "place"),
    (r".*医疗(保险|保障)(事业|基金)?(管理|经办|服务)+中心", "authorised", "local", "place"),
    (r".*住房公积金管理中心(.{0,10}(管理部|分中心))?", "authorised", "local", "place"),
    (r".*不动产登记(事务|服务|交易)?中心", "authorised", "local", "place"),
    # -- who runs government services --------------------------------------------------------------------------------
    # One organ that both approves and manages: which of the two it is here depends on the act, not on the name.
    (r"(行政审批(服务)?(和|与)?政务服务|政务服务(和|与)?行政审批|行政审批服务).*局", None, "local", "place"),
    (r"行政审批局", "approval_bureau", "local", "place"),
    (r"(政务服务(和|与)数字化发展|政务服务(和|与)大数据(管理|发展)|政务服务管理|政务服务)(局|办公室)",
     "agency", "local", "place"),
    (r"(政务服务|行政服务)中心", "centre", "local", "place"),
    (r"人民政府", "government", "local", "place"),
    (r"(人民政府)?(地方)?金融(工作|服务|发展|监督管理|监管)?(局|办公室|办)", "department", "local", "place"),
    # Towns, streets and parks act for others only where they are entrusted; a name does not say so.
    (r".{1,12}(镇|乡)(人民政府)?|(人民政府)?.{1,8}街道(办事处|办)?", None, "local", "place"),
    (r".*(园区|开发区|工业区|示范区|产业园|加工区|合作区).*(管理委员会|管委会|管理局)", None, "local", "place"),
)  # fmt: skip

# What a department is in charge of, where its whole name (a second plate in brackets included) says so. A department
# that is known by its name and has none of these words has none of these functions.
FUNCTIONS: dict[str, str] = {
    "发展和改革": "development_reform",
    "发展改革": "development_reform",
    "人力资源和社会保障": "human_resources",
    "人力资源社会保障": "human_resources",
    "市场监督管理": "market_supervision",
    "市场监管": "market_supervision",
    "金融": "finance",
}

# Departments that often keep the plate of another function without a name that tells: 财政局 that of 金融工作办公室.
UNTOLD = ("财政",)
