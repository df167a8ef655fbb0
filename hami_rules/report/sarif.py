"""`--format sarif`: SARIF 2.1.0 (OASIS), the exchange format of checkers.

What a level becomes there: a breach fails (error or warning), a suspicion is up for review, what is undetermined is
open; only a result that fails may have a level of its own (§3.27.10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec

from hami_rules import __version__, statute
from hami_rules.gate.model import Gated, Known, Verdict, Waiver
from hami_rules.intake.errors import Problem
from hami_rules.judge.findings import Finding, Text
from hami_rules.pack.load import Pack
from hami_rules.pack.rules import Rule
from hami_rules.proof.describe import KINDS, rule_lines
from hami_rules.records.location import Location

from .gated import by_place, relative, sentences
from .lines import replaced, to_json
from .markdown import escaped
from .safe import clip, visible
from .summary import Summary
from .words import PARTIES, grade_word

__all__ = ["FINGERPRINT", "SCHEMA", "sarif", "write_sarif"]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "hamiFinding/v1"
ROOT = "SRCROOT"

_LONGEST = 1_000
"""Characters of a description: code scanning takes 1,024."""

_LEVELS = {"violation": "error", "shortfall": "warning", "suspicion": "note"}
_KINDS = {"violation": "fail", "shortfall": "fail", "suspicion": "review", "undetermined": "open"}
_STATES = {"new": "new", "unchanged": "unchanged", "changed": "updated"}
_SEVERITIES = {"error": "error", "warning": "warning", "note": "recommendation"}
_ROOT_IS = Text("运行检查的文件夹或者仓库的根", "the folder of the check, or the root of its repository")


def sarif(
    verdict: Verdict,
    pack: Pack,
    summary: Summary | None,
    lang: str,
    *,
    root: Path | None = None,
    upload: bool = False,
    errors: Iterable[Problem] = (),
) -> str:
    """One run with every finding of the gate, all rules that judge, and the articles as a taxonomy.

    Places are relative to `root`; those outside of it keep their whole path. `upload` is for code scanning, which
    takes every result for an alert: only what fails and is not waived. `errors`: what could not be read; with any,
    or where a rule could not be judged, the execution was not successful.
    """
    made = _Maker(verdict, _index(pack), lang, root, upload)
    items = sorted(verdict.items, key=lambda g: by_place(g.finding))
    failed = [g.finding for g in items if g.finding.verdict == "error"]
    problems = list(errors)
    notes = [
        *(_notification(p, "error", lang, root) for p in problems),
        *(made.failure(f) for f in failed),
        *(_notification(p, "warning", lang, root) for p in verdict.notices),
    ]
    run = _run(pack, lang, root, notes, not problems and not failed, _about(summary, verdict, pack))
    run["results"] = list(made.results(items))
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(to_json(log), indent=2).decode() + "\n"


def write_sarif(path: Path, findings: Iterable[Finding], pack: Pack, summary: Summary, lang: str) -> None:
    """The findings of an audit, one result a line, in the order given. Reads `findings` twice and holds none.

    Raises OSError.
    """
    made = _Maker(Verdict(), _index(pack), lang, None, False)
    notes = [made.failure(f) for f in findings if f.verdict == "error"]
    about = _about(summary, Verdict(), pack) | {"hashes": summary.run.hashes, "stored": summary.stored}
    notes += [
        {
            "descriptor": {"id": "untrusted"},
            "level": "error",
            "message": {"text": _plain(_stop(why(lang), lang))},
        }
        for why in summary.untrusted
    ]
    run = _run(pack, lang, None, notes, not notes, about)
    head = to_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})
    assert head.endswith(b"}]}")
    with replaced(path) as out:
        out.write(head.removesuffix(b"}]}") + b',"results":[')
        before = b"\n"
        for finding in findings:
            for result in made.results([Gated(finding)]):
                out.write(before + to_json(result))
                before = b",\n"
        out.write(b"\n]}]}\n")


def _index(pack: Pack) -> dict[str, int]:
    return {b.rule.id: i for i, b in enumerate(pack.bound)}


def _run(
    pack: Pack,
    lang: str,
    root: Path | None,
    notes: list[dict[str, Any]],
    successful: bool,
    about: dict[str, Any],
) -> dict[str, Any]:
    """A run without its results: the tool with its rules, the articles, and what the verdicts rest on."""
    title = _title(lang)
    base: dict[str, Any] = {"description": {"text": _ROOT_IS(lang)}}
    if root is not None:
        base["uri"] = f"{root.resolve().as_uri()}/"
    language = _language(lang)
    return {
        "tool": {
            "driver": {
                "name": "hami",
                "fullName": f"hami-rules {__version__}",
                "version": __version__,
                "semanticVersion": __version__,
                "language": language,
                "shortDescription": {"text": f"{title}的检查。" if lang == "zh" else f"Checker of the {title}."},
                "rules": [_rule(b.rule, pack, lang) for b in pack.bound],
                "supportedTaxonomies": [{"name": title, "index": 0}],
            }
        },
        "language": language,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: base},
        "invocations": [{"executionSuccessful": successful, "toolExecutionNotifications": notes}],
        "taxonomies": [_taxonomy(lang)],
        "properties": about,
    }  # fmt: skip


def _language(lang: str) -> str:
    return "zh-CN" if lang == "zh" else "en"


def _stop(text: str, lang: str) -> str:
    return text if text.endswith(("。", ".", "！", "？")) else text + ("。" if lang == "zh" else ".")


def _about(summary: Summary | None, verdict: Verdict, pack: Pack) -> dict[str, Any]:
    """What the verdicts rest on, so that two files can be told apart."""
    about: dict[str, Any] = {"packVersion": pack.data.version, "packHash": pack.data.hash}
    if summary is not None:
        about |= {"asOf": summary.run.as_of.isoformat(), "statuteHash": summary.run.statute_hash}
        about |= {"verdicts": summary.accounting.verdicts}
    if verdict.compared is not None:
        about["comparedWith"] = verdict.compared
    return about


# -- rules and articles ---------------------------------------------------------------------------------------------


def _rule(rule: Rule, pack: Pack, lang: str) -> dict[str, Any]:
    lines = [line.strip() for line in rule_lines(pack, rule, [], lang)]
    at = statute.Address.parse(rule.id)
    level = _LEVELS[rule.grade or "violation"]
    return {
        "id": rule.id,
        "name": rule.title(lang),
        "shortDescription": {"text": _stop(clip(rule.title(lang), _LONGEST), lang)},
        "fullDescription": {"text": _stop(clip(f"{_cited(rule, lang)}：“{rule.quote}”", _LONGEST), lang)},
        "help": {"text": "\n".join(lines), "markdown": _as_markdown(lines)},
        "defaultConfiguration": {"level": level},
        "relationships": [
            {
                "target": {
                    "id": str(at.article),
                    "index": _articles().index(at.article),
                    "toolComponent": {"name": _title(lang), "index": 0},
                },
                "kinds": ["superset"],
            }
        ],
        "properties": {
            "tags": [_cited(rule, lang), KINDS[rule.kind](lang), PARTIES[rule.counts_against](lang)],
            "precision": _precision(rule),
            "problem.severity": _SEVERITIES[level],
        },
    }


def _cited(rule: Rule, lang: str) -> str:
    return statute.load().citation(statute.Address.parse(rule.address).at_paragraph, lang)


def _precision(rule: Rule) -> str:
    """How seldom it accuses wrongly: a suspicion needs people; what is known to over-report says so."""
    if rule.grade == "suspicion":
        return "low"
    if rule.executability != "full":
        return "medium"
    return "high" if rule.over_reports else "very-high"


def _as_markdown(lines: Sequence[str]) -> str:
    """The words of `hami show`: the rule's name in bold, each note with its label in bold."""
    head, *notes = lines
    rows = [f"**{escaped(head)}**", ""]
    for note in notes:
        label, *rest = re.split("(：|: )", note, maxsplit=1)
        rows.append(f"- **{escaped(label)}**{escaped(''.join(rest))}" if rest else f"- {escaped(note)}")
    return "\n".join(rows)


def _title(lang: str) -> str:
    if lang == "en":
        return "Hami Regulation on Government Services for Market Entities"
    return f"《{statute.load().title}》"


def _articles() -> list[int]:
    return list(dict.fromkeys(p.article for p in statute.load().paragraphs))


def _taxonomy(lang: str) -> dict[str, Any]:
    """The articles of the statute; their text is Chinese in every language."""
    text = statute.load()
    taxa = []
    for number in _articles():
        paragraphs = text.article(number)
        taxa.append(
            {
                "id": str(number),
                "name": statute.Address(number).citation(lang),
                "shortDescription": {"text": _stop(f"{statute.Address(number).citation(lang)}，{paragraphs[0].chapter.heading}", lang)},
                "fullDescription": {"text": "\n".join(p.text for p in paragraphs)},
            }
        )  # fmt: skip
    return {
        "name": _title(lang),
        "version": text.in_force.isoformat(),
        "releaseDateUtc": text.approved.isoformat(),
        "language": _language(lang),
        "isComprehensive": True,
        "shortDescription": {"text": _stop(_title(lang), lang)},
        "taxa": taxa,
    }


# -- results ---------------------------------------------------------------------------------------------------------


class _Maker:
    """Makes the results of one verdict; all of them bear the same optional parts, as the standard asks."""

    def __init__(
        self, verdict: Verdict, index: dict[str, int], lang: str, root: Path | None, upload: bool
    ) -> None:
        self.verdict, self.index, self.lang, self.root, self.upload = verdict, index, lang, root, upload
        self.waived = not upload and any(g.waiver is not None for g in verdict.items)

    def results(self, items: Sequence[Gated]) -> Iterator[dict[str, Any]]:
        for item in items:
            if item.finding.verdict == "error":
                continue  # no verdict, and said as a notification
            if self.upload and (item.waiver is not None or _KINDS.get(item.level or "") != "fail"):
                continue
            yield self._result(item)
        if not self.upload and self.verdict.compared is not None:
            yield from map(self._absent, self.verdict.gone)

    def _head(self, rule: str, level: str | None) -> dict[str, Any]:
        """A dismissed one passes: people found no breach."""
        kind = _KINDS[level] if level else "pass"
        head: dict[str, Any] = {"ruleId": rule}
        if rule in self.index:
            head["ruleIndex"] = self.index[rule]
        return head | {"kind": kind, "level": _LEVELS[level or ""] if kind == "fail" else "none"}

    def _result(self, item: Gated) -> dict[str, Any]:
        finding = item.finding
        result = self._head(finding.rule, item.level)
        result["message"] = {"text": _message(finding, self.lang)}
        result["locations"] = [_location(finding.location, self.root, _logical(finding, self.lang))]
        result["partialFingerprints"] = {FINGERPRINT: finding.id}
        if self.upload:
            # The one that code scanning recognises; ours does not follow the line.
            result["partialFingerprints"]["primaryLocationLineHash"] = f"{finding.id}:1"
        if self.verdict.compared is not None and not self.upload:
            result["baselineState"] = _STATES[item.status or "new"]
        if self.waived:
            result["suppressions"] = [_suppression(item.waiver, self.root)] if item.waiver else []
        result["properties"] = _properties(finding)
        return result

    def _absent(self, known: Known) -> dict[str, Any]:
        """What was known before and is found no longer."""
        result = self._head(known.rule, known.level if known.level in _KINDS else "violation")
        result["message"] = {"text": _plain(_stop(known.message, "zh"))}
        place = Location(known.source) if known.source else None
        result["locations"] = [
            _location(place, self.root, [{"name": visible(known.record), "kind": "record"}])
        ]
        result["partialFingerprints"] = {FINGERPRINT: known.id}
        result["baselineState"] = "absent"
        if self.waived:
            result["suppressions"] = []
        return result

    def failure(self, finding: Finding) -> dict[str, Any]:
        """A rule that could not be judged on a record."""
        rule: dict[str, Any] = {"id": finding.rule}
        if finding.rule in self.index:
            rule["index"] = self.index[finding.rule]
        return {
            "descriptor": {"id": "rule-error"},
            "associatedRule": rule,
            "level": "error",
            "message": {"text": _plain(finding.error or finding.message(self.lang))},
            "locations": [_location(finding.location, self.root, _logical(finding, self.lang))],
        }


def _plain(text: str) -> str:
    """Text of a message: what would read as a link in it (§3.11.6) does not."""
    return visible(text).replace("](", "]\\(")


def _message(finding: Finding, lang: str) -> str:
    colon = "：" if lang == "zh" else ": "
    first, *rest = sentences(finding, lang)
    return _plain("\n".join([f"{grade_word(finding, lang)} {finding.citation(lang)}{colon}{first}", *rest]))


def _properties(finding: Finding) -> dict[str, Any]:
    said = {
        "state": finding.state,
        "address": finding.address,
        "countsAgainst": finding.counts_against,
        "recordKey": finding.record_key,
        "organ": finding.organ_name or finding.organ_code,
        "region": finding.region,
        "countedUnder": finding.primary,
    }
    return {name: value for name, value in said.items() if value}


def _location(place: Location | None, root: Path | None, logical: list[dict[str, Any]]) -> dict[str, Any]:
    """A place without lines has the region of its row, or of the beginning, and says the rest by its logical names."""
    return {
        "physicalLocation": {"artifactLocation": _artifact(place, root), "region": _region(place)},
        "logicalLocations": logical,
    }


def _artifact(place: Location | None, root: Path | None) -> dict[str, str]:
    name = "." if place is None else relative(place.source, root)
    path = Path(name)
    if path.is_absolute():
        return {"uri": _quoted(path.as_posix(), absolute=True)}
    return {"uri": _quoted(name), "uriBaseId": ROOT}


def _quoted(path: str, absolute: bool = False) -> str:
    """A path as part of a URI. A name that is no Unicode has its bytes in it."""
    try:
        said = quote(path.encode("utf-8", "surrogateescape"), safe="/")
    except UnicodeEncodeError:
        said = quote(path, safe="/", errors="surrogatepass")
    return f"file://{'' if said.startswith('/') else '/'}{said}" if absolute else said


def _region(place: Location | None) -> dict[str, int]:
    if place is None or place.line is None:
        row = (place.row or 1) if place else 1
        return {"startLine": row, "startColumn": 1, "endLine": row, "endColumn": 1}
    column = place.column or 1
    end_line = max(place.end_line or place.line, place.line)
    end_column = place.end_column or (column if end_line == place.line else 1)
    if end_line == place.line:
        end_column = max(end_column, column)
    return {"startLine": place.line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _logical(finding: Finding, lang: str) -> list[dict[str, Any]]:
    """The record, its cell, and where in the document or row: the same place by other names."""
    names: list[dict[str, Any]] = [
        {
            "name": visible(finding.record_label(lang)),
            "fullyQualifiedName": visible(f"{finding.record_kind}:{finding.record_key}"),
            "kind": "record",
        }
    ]
    place = finding.location
    if place is not None and place.cell:
        names.append({"fullyQualifiedName": visible(f"{place.sheet}!{place.cell}"), "kind": "cell"})
    if place is not None and place.pointer:
        names.append({"fullyQualifiedName": visible(place.pointer), "kind": "pointer"})
    return names


def _suppression(waiver: Waiver, root: Path | None) -> dict[str, Any]:
    said = {
        "rule": waiver.rule,
        "approvedBy": waiver.approved_by,
        "expires": waiver.expires.isoformat() if waiver.expires else None,
        "ticket": waiver.ticket,
    }
    return {
        "kind": "inSource" if waiver.inline else "external",
        "status": "accepted",
        "justification": visible(waiver.reason),
        "location": {
            "physicalLocation": {
                "artifactLocation": _artifact(waiver.location, root),
                "region": _region(waiver.location),
            }
        },
        "properties": {name: value for name, value in said.items() if value},
    }


def _notification(problem: Problem, level: str, lang: str, root: Path | None) -> dict[str, Any]:
    said = problem.message(lang)
    if problem.hint:
        said += f"（{problem.hint(lang)}）" if lang == "zh" else f" ({problem.hint(lang)})"
    note: dict[str, Any] = {
        "descriptor": {"id": problem.code},
        "level": level,
        "message": {"text": _plain(_stop(said, lang))},
    }
    if problem.location is not None:
        note["locations"] = [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(problem.location, root),
                    "region": _region(problem.location),
                }
            }
        ]
    return note
