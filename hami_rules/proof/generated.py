"""Everything that is written from the code and checked in, in one go: `python -m hami_rules.proof.generated`.

The schemas and the reference of fields come from the records, the pages of articles and of what they need from the
rules, README's transcripts from the commands in it. Tests hold each of them in step with the code.
"""

from __future__ import annotations

from pathlib import Path

from hami_rules.assets import data_folder
from hami_rules.intake.convert import write_schemas
from hami_rules.pack.load import load_pack

from .articles import ARTICLES, articles_page
from .needs import NEEDS, needs_page
from .reference import REFERENCE, dossier_reference
from .transcripts import rewrite

__all__ = ["write_generated"]


def write_generated() -> list[Path]:
    """Write the schemas and the reference pages of this checkout, and return the files."""
    files = write_schemas(data_folder("schemas"))
    REFERENCE.write_text(dossier_reference(), encoding="utf-8")
    pack = load_pack()
    ARTICLES.write_text(articles_page(pack), encoding="utf-8")
    NEEDS.write_text(needs_page(pack), encoding="utf-8")
    readme = Path("README.md")
    rewrite(readme)
    return [*files, REFERENCE, ARTICLES, NEEDS, readme]


if __name__ == "__main__":
    for file in write_generated():
        print(file.name)
