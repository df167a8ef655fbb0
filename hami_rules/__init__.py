"""hami-rules: 《哈密市经营主体政务服务条例》 as executable rules."""

__version__ = "0.1.0"
