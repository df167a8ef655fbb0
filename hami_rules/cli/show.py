"""`hami show`: the one command that explains a rule."""

from __future__ import annotations

import sys

from .common import CLEAN, guarded, refuse

__all__ = ["show"]


def show(text: str, lang: str) -> int:
    """Print the text, its norms, their rules in words, and examples."""
    with guarded(lang):
        from hami_rules.assets import data_folder
        from hami_rules.pack.load import load_pack
        from hami_rules.proof.cases import load_cases
        from hami_rules.proof.describe import address_lines
        from hami_rules.statute import AddressError, load, parse_citation

        try:
            address = parse_citation(text)
            if address.paragraph is None:
                load().article(address.article)
            else:
                load().paragraph(address.at_paragraph)
        except AddressError as error:
            refuse(error.zh, error.en, lang)
        pack = load_pack()
        if address.letter and not any(
            address.contains(type(address).parse(n)) or type(address).parse(n).contains(address)
            for n in [*(n.id for n in pack.data.norms), *pack.by_id]
        ):
            refuse(f"没有规范“{text}”", f"no norm {text!r}", lang)
        cases = load_cases(data_folder("cases"), str(address.article), documents=False)
        for line in address_lines(pack, address, cases, lang):
            sys.stdout.write(line + "\n")
    return CLEAN
