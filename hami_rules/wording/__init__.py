"""Art. 11: vague (模糊性表述) and catch-all (兜底条款) wording."""

from .lint import instead_of, lint
from .model import Confidence, Field, Flaw, Kind
from .nothing import names_nothing

__all__ = ["Confidence", "Field", "Flaw", "Kind", "instead_of", "lint", "names_nothing"]
