"""`hami show`: the one command that explains a rule."""

from __future__ import annotations

import sys

from .common import CLEAN, guarded, refuse

__all__ = ["show"]


def show(text: str, lang: str) -> int:
    """Print the text, its norms, their rules in words, and examples."""
    with guarded(lang):
        from hami_rules.assets import data_folder
        from hami_rules.intake.errors import nearest
        from hami_rules.pack.load import load_pack
        from hami_rules.proof.cases import load_cases
        from hami_rules.proof.describe import address_lines
        from hami_rules.proof.related import related_lines
        from hami_rules.statute import AddressError, load, parse_citation
        from hami_rules.statute.superior import superior_note

        try:
            address = parse_citation(text)
            if address.paragraph is None:
                load().article(address.article)
            else:
                load().paragraph(address.at_paragraph)
        except AddressError as error:
            refuse(error.zh, error.en, lang)
        pack = load_pack()
        known = [*(n.id for n in pack.data.norms), *pack.by_id]
        if address.letter and not any(address.contains(type(address).parse(n)) for n in known):
            near = nearest(str(address), known)
            refuse(
                f"没有规范或者规则“{text}”" + (f"；是否为“{near}”？" if near else ""),
                f"no norm or rule {text!r}" + (f"; did you mean {near!r}?" if near else ""),
                lang,
            )
        cases = load_cases(data_folder("cases"), str(address.article), documents=False)
        for line in address_lines(pack, address, cases, lang):
            sys.stdout.write(line + "\n")
        sys.stdout.write("\n")
        for line in related_lines(pack, address, data_folder("cases") / "questions", lang):
            sys.stdout.write(line + "\n")
        sys.stdout.write(f"\n{'上位法' if lang == 'zh' else 'superior law'}：{superior_note(lang)}\n")
    return CLEAN
