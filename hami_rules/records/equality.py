"""What the words of a condition tell about treating businesses differently (第六条第一款)."""

from __future__ import annotations

import re

__all__ = ["speaks_of_no_difference"]

# Words of ownership, of a place of registration and of size. A text without any of them differs by none of the three.
_HINTS = re.compile(
    "所有制|国有|国企|央企|民营|私营|集体企业|外资|外商|内资|台资|港资|个体|混合所有|控股"
    "|本地|本市|本县|本区|本州|本省|本自治区|外地|外省|外市|市外|县外|疆外|区外|注册地|登记地|(?:注册|登记|设立|迁入|落户)(?:在|于|到)|在.{0,6}(?:注册|登记|设立)|户籍|属地|辖区|在哈|当地|落户|分公司|子公司"
    "|规模以上|以上规模|(?:企业|经营|生产|资产)规模|大型|中型|小型|微型|中小|小微|规上|限上|注册资本|注册资金|净资产|总资产|资产总额|产值|营业额|营业收入|销售额|纳税|税收贡献"
)


def speaks_of_no_difference(text: str) -> bool:
    """Whether a condition's text speaks neither of owners nor of places nor of size."""
    return not _HINTS.search(text)
