"""The applications of the bundled dossier: how each came about, and what goes wrong in some of them.

Most are handled by the book. A plot tells one kind of slip, or something that only looks like one, and writes down
what an audit must say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from .demo_build import build_town
from .demo_slips import make_request
from .demo_town import (
    AS_OF,
    COMMENCED,
    TAKEN_ELECTRONIC,
    TAKEN_ON_PAPER,
    Edition,
    Json,
    Office,
    Planted,
    Town,
    commencement,
    is_ordinary,
    make_basis,
    make_service,
    open_days,
    read_tables,
    treatment,
)

__all__ = ["Plot", "Story", "plots", "stories"]

SLIPS_IN_A_THOUSAND = 80
"""How many stories in a thousand have something to tell; a third of them breach nothing, or nobody can say."""

_CHANNELS = ("online", "online", "online", "window", "window", "app", "assisted", "mail")
_KINDS = ("enterprise",) * 14 + ("individual_business",) * 4 + ("cooperative", "branch")


class Story:
    """One application as it came about, and what is wrong with it."""

    __slots__ = ("app", "at", "edition", "more", "number", "office", "planted", "requests", "rng", "teller")

    def __init__(self, teller: _Teller, office: Office, at: int) -> None:
        self.teller, self.office, self.at = teller, office, at
        self.rng = teller.rng
        self.edition = office.edition(open_days()[at])
        self.planted: list[Planted] = []
        self.requests: list[Json] = []
        self.more: list[Story] = []
        self.app = teller.clean(office, self.edition, at)

    def day(self, after: int = 0) -> str:
        """The working day that many days after the filing."""
        return open_days()[self.at + after]

    def plant(self, rule: str, where: str, why: str, verdict: str = "violated") -> None:
        number = self.app["application_no"]
        self.planted.append(Planted(rule, f"{number}/{where}" if where else number, verdict, why))

    def planted_at(self, where: str, slip: Json) -> None:
        for rule, verdict in (slip.get("plant") or {}).items():
            self.plant(rule, where, slip["why"], verdict)

    def ask(self, kind: str, where: str, fact: str, how: str) -> None:
        self.requests.append(make_request(kind, f"{self.app['application_no']}/{where}", fact, how))

    def demand(self, code: str | None, name: str, after: int = 0, **facts: Any) -> Json:
        """One more demand, with all that can be said of it."""
        made: Json = {"demand_no": str(max(int(d["demand_no"]) for d in self.app["demands"]) + 1)}
        if code is not None:
            made["material_code"] = code
        made |= {
            "material_name": name,
            "demanded_on": self.day(after),
            "step_no": 1,
            "means": "supplement_notice" if after else "at_acceptance",
            "form": "paper_copy",
            "copies": 1,
            "offered_by_applicant": False,
            "application_stopped": False,
            "required_directly_by_law": False,
            "paper_required_by_law": False,
            "for_archive": False,
            "bases": [],
            **facts,
        }
        self.app["demands"].append(made)
        return made

    def hand_in(self, code: str | None, after: int = 0, **facts: Any) -> Json:
        """One more material handed in on paper, in place of what the record said of it."""
        others = [s for s in self.app["submissions"] if s["material_code"] != code]
        made: Json = {
            "submission_no": f"R{len(others) + 1}",
            "material_code": code,
            "received": True,
            "received_on": self.day(after),
            "form": "paper_copy",
            "step_no": 1,
            "returned_for_form": False,
            "open_ended": True,
            "changed": False,
            "lost_by_office": False,
            **TAKEN_ON_PAPER,
            **facts,
        }
        made = {k: v for k, v in made.items() if v is not None}
        self.app["submissions"] = [*others, made]
        return made

    def hand_in_electronic(self, code: str, after: int = 0, **facts: Any) -> Json:
        return self.hand_in(
            code, after, **{"form": "electronic", "e_kind": "e_licence", **TAKEN_ELECTRONIC, **facts}
        )

    def lasting(self, form: str | None = None) -> Json:
        """A demand for a material that every edition of the guide lists, of a given form."""
        always = self.office.lasting(form)
        return self.rng.choice([d for d in self.app["demands"] if d["material_code"] in always])

    def unlisted(self) -> tuple[str, str]:
        code, name = self.rng.choice(read_tables()["unlisted"])
        return code, name

    def recall_forgotten(self) -> None:
        """A service that law requires and the region's catalogue forgot counts each time it is required."""
        why, service = self.office.forgotten, self.office.service
        in_scope = self.app["applicant_kind"] != "natural_person" and self.day() >= COMMENCED
        if why and in_scope and any(s["service_code"] == service for s in self.app["services"]):
            self.plant("22.1c.in_application", f"services/{service}", why)

    def last(self, after: int) -> None:
        """The handling went on until then."""
        self.app["completed_on"] = max(self.app["completed_on"], self.day(after))

    def another(self, office: Office, after: int) -> Story:
        """Another application of the same applicant, filed some days later."""
        story = Story(self.teller, office, self.at + after)
        for name in ("applicant_kind", "applicant_id", "applicant_name", "applicant_region"):
            story.app[name] = self.app[name]
        self.more.append(story)
        return story


def _slower(office: Office, today: str) -> int:
    """Working days that a registration took longer in earlier years: where nothing else is told, it got quicker from
    year to year (19.1b). Yiwu's story is told by `demo_handling.yaml`."""
    if not office.name.endswith("登记") or office.region == "650522":
        return 0
    return 10 if today < "2025-03-01" else 5 if today < "2026-03-01" else 0


class _Teller:
    """Makes applications one after another from one stream of chance."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.rng = town, Random(f"applications {seed}")
        self.count = 0
        self.offices = town.offices
        total = 0
        self.cumulated = []
        for office in self.offices:
            total += office.weight
            self.cumulated.append(total)
        self.late = len(open_days()) - 25

    def clean(self, office: Office, edition: Edition, at: int) -> Json:
        """An application in which nothing is wrong and nothing is left open."""
        rng, days = self.rng, open_days()
        self.count += 1
        chance = rng.random()
        draw = int(chance * 1_000_000)
        today = days[at]
        took = len(edition.steps) + draw % 5 + _slower(office, today)
        done = at + took
        end = days[done] if done < len(days) else None
        kind = _KINDS[draw % 20]
        if draw % 7 == 0 and "founder" in office.subjects:
            kind = "founder"
        channel = _CHANNELS[draw // 20 % 8]
        paper = channel in ("window", "mail")
        app: Json = {
            "application_no": f"{office.tag}{today[2:4]}{today[5:7]}{self.count:07d}",
            **office.head,
            "channel": channel,
            "applicant_kind": kind,
            "applicant_id": f"91{office.region}MA{self.count:08d}",
            "applicant_name": _name(draw, kind, self.count),
            "applicant_region": "650100" if draw % 23 == 0 else office.region,
            "submitted_on": today,
            "accepted": True,
            "accepted_on": today,
            "promised_days": edition.guide["promised_days"],
        }
        if end is None:
            app |= {"completed": False, "withdrawn": False, "complete_until": AS_OF}
        else:
            app |= {"completed": True, "completed_on": end, "withdrawn": False}
        app["deferred"] = False
        app["demands"] = [{**d, "demanded_on": today} for d in edition.demands]
        app["submissions"] = [
            {**s, "received_on": today} for s in (edition.on_paper if paper else edition.electronic)
        ]
        steps = []
        for number, step in enumerate(edition.steps):
            begin = min(at + (number and number - 1), len(days) - 1)
            if number and step["step_no"] == len(edition.steps):
                begin = min(done, len(days) - 1)
            steps.append({**step, "started_on": days[begin]})
        app["steps"] = steps
        app["conditions"] = []
        if office.service and draw % 4 == 0:
            app["services"] = [_service_of(office.service)]
        else:
            app["services"] = []
        app["engagements"] = []
        app["events"] = []
        return app

    def ordinary(self) -> Story:
        rng = self.rng
        office = rng.choices(self.offices, cum_weights=self.cumulated)[0]
        story = Story(self, office, int(rng.random() * len(open_days())))
        chance = rng.random()
        if chance < 0.06 and office.deferrable and story.at < self.late:
            _deferred(story, {})
        elif chance > 0.96 and office.service and story.at < self.late:
            _engaged(story, {})
        if office.habit is not None:
            office.habit(story)
        return story


@cache
def _service_of(code: str) -> Json:
    return make_service(code)


@cache
def _words() -> tuple[list[str], list[str], list[str]]:
    names = read_tables()["names"]
    return names["place"], names["word"], names["trade"]


_NAME_ENDS = {
    "individual_business": "经营部",
    "cooperative": "农民专业合作社",
    "branch": "有限公司哈密分公司",
}


def _name(draw: int, kind: str, number: int) -> str:
    place, word, trade = _words()
    head = place[draw % len(place)] + word[draw // 31 % len(word)]
    if kind == "founder":
        return f"{head}（筹）"
    return f"{head}{trade[number % len(trade)]}{_NAME_ENDS.get(kind, '有限公司')}"


# -- stories with something to tell --------------------------------------------------------------------------------

Telling = Callable[[Story], None]
When = Callable[[Office, Random], int]


@dataclass(frozen=True)
class Plot:
    """A kind of story: which offices it can happen at, when, and how it goes."""

    name: str
    need: str
    tell: Telling
    when: When | None = None
    at_organ: str | None = None


_PLOTS: list[Plot] = []


def _plot(need: str, when: When | None = None) -> Callable[[Telling], Telling]:
    def register(tell: Telling) -> Telling:
        _PLOTS.append(Plot(tell.__name__, need, tell, when))
        return tell

    return register


def _any_day(office: Office, rng: Random) -> int:
    """A day under the regulation, early enough for the story to end before the audit."""
    return rng.randrange(commencement(), len(open_days()) - 90)


def _before_law(office: Office, rng: Random) -> int:
    return rng.randrange(0, commencement() - 12)


def _on_the_eve(office: Office, rng: Random) -> int:
    return commencement() - rng.randrange(2, 6)


def _eve_of_revision(office: Office, rng: Random) -> int:
    since = office.editions[-1].since
    return next(i for i, day in enumerate(open_days()) if day >= since) - rng.randrange(1, 4)


def _after_revision(office: Office, rng: Random) -> int:
    since = office.editions[-1].since
    first = next(i for i, day in enumerate(open_days()) if day >= since)
    return rng.randrange(first, len(open_days()) - 90 if first < len(open_days()) - 95 else first + 5)


def _in_2025(office: Office, rng: Random) -> int:
    days = open_days()
    return rng.randrange(next(i for i, d in enumerate(days) if d >= "2025-01-02"), len(days) - 90)


# 第十四条第一款


def _extra(
    story: Story,
    why: str,
    verdict: str | None = "violated",
    rules: tuple[str, ...] = ("14.1a",),
    **facts: Any,
) -> None:
    code, name = story.unlisted()
    after = facts.pop("after", 0)
    made = story.demand(code, name, after, **facts)
    story.last(after)
    for rule in rules if verdict else ():
        story.plant(rule, f"demands/{made['demand_no']}", why.format(name=name), verdict or "")


@_plot("any")
def unlisted_at_acceptance(story: Story) -> None:
    _extra(
        story,
        "受理时索要指南没有列明的{name}",
        means=story.rng.choice(("at_acceptance", "compulsory_upload")),
    )


@_plot("any")
def unlisted_by_notice(story: Story) -> None:
    _extra(story, "以补正通知索要指南没有列明的{name}", after=story.rng.randrange(1, 5))


@_plot("any")
def unlisted_oral(story: Story) -> None:
    _extra(
        story,
        "窗口口头索要{name}，不给即停办",
        means="oral",
        offered_by_applicant=True,
        application_stopped=True,
    )


@_plot("any")
def unlisted_by_expert(story: Story) -> None:
    _extra(story, "专家评审时索要{name}", means="expert_review", step_no=2)


@_plot("vertical")
def unlisted_by_tax(story: Story) -> None:
    _extra(story, "垂直管理部门索要指南没有列明的{name}")


@_plot("entrusted")
def unlisted_by_park(story: Story) -> None:
    _extra(story, "受委托的园区索要指南没有列明的{name}")


@_plot("dropped", _after_revision)
def no_longer_listed(story: Story) -> None:
    gone = story.office.dropped
    assert gone is not None
    made = story.demand(gone["material_code"], gone["material_name"], form=gone["form"])
    story.plant(
        "14.1a", f"demands/{made['demand_no']}", f"修订后的指南已删去{gone['material_name']}，窗口照旧索要"
    )


@_plot("drafted", _in_2025)
def listed_in_a_draft_only(story: Story) -> None:
    line = story.office.raw["draft"]["materials"][-1]
    made = story.demand(line["material_code"], line["material_name"])
    story.plant("14.1a", f"demands/{made['demand_no']}", "只有未公布的修订稿列明该材料")


@_plot("any")
def offered_freely(story: Story) -> None:
    _extra(story, "", None, means="at_acceptance", offered_by_applicant=True)


@_plot("any")
def only_sight(story: Story) -> None:
    _extra(story, "", None, form="sight_of_original")


@_plot("any")
def law_demands_directly(story: Story) -> None:
    _extra(story, "法律直接要求而指南没有列明的{name}", "undetermined", required_directly_by_law=True)


@_plot("any")
def name_without_code(story: Story) -> None:
    """The name might be another word for anything the guide lists."""
    made = story.demand(None, "企业主体资格材料", form="paper_or_electronic")
    for rule in ("14.1a", "14.1a.form"):
        story.plant(
            rule, f"demands/{made['demand_no']}", "材料没有编码，名称与指南用语不一致", "undetermined"
        )


@_plot("soil")
def xpcc_on_hami_soil(story: Story) -> None:
    _extra(story, "兵团机关办公地在哈密，索要{name}", "undetermined")


@_plot("xpcc")
def xpcc_elsewhere(story: Story) -> None:
    _extra(story, "", None)


@_plot("any")
def agency_window(story: Story) -> None:
    """The window of the service agency demands by itself; whether it is a department is for people."""
    _extra(story, "政务服务管理局窗口自行索要{name}", "undetermined", organ_code=f"{story.office.region}-GLJ")


@_plot("any")
def private_person(story: Story) -> None:
    story.app["applicant_kind"] = "natural_person"
    story.app["applicant_name"] = "个人"
    _extra(story, "", None)


@_plot("any", _before_law)
def before_commencement(story: Story) -> None:
    _extra(story, "", None)
    repeated = story.lasting()
    story.hand_in(repeated["material_code"])
    story.demand(repeated["material_code"], repeated["material_name"], 3, form=repeated["form"])


@_plot("any", _on_the_eve)
def demanded_after_commencement(story: Story) -> None:
    _extra(story, "", None)
    _extra(story, "二月申请、三月以后索要{name}", after=8)


@_plot("copy")
def stricter_form(story: Story) -> None:
    line = story.lasting("paper_copy")
    form, said = story.rng.choice((("paper_original", "原件"), ("notarised", "公证件")))
    line |= {"form": form, "required_directly_by_law": False}
    story.plant(
        "14.1a.form", f"demands/{line['demand_no']}", f"{line['material_name']}要求{said}，指南列明为复印件"
    )


@_plot("copy")
def more_copies(story: Story) -> None:
    line = story.lasting("paper_copy")
    line |= {"copies": story.rng.choice((2, 3, 5)), "required_directly_by_law": False}
    story.plant(
        "14.1a.form",
        f"demands/{line['demand_no']}",
        f"{line['material_name']}要求{line['copies']}份，指南列明1份",
    )


@_plot("added", _eve_of_revision)
def listed_after_filing(story: Story) -> None:
    new = story.office.added
    assert new is not None
    made = story.demand(new["material_code"], new["material_name"], 5, form=new["form"])
    story.last(5)
    story.plant("14.1a.added_later", f"demands/{made['demand_no']}", "申请之后才列入指南的材料")


def _again(story: Story, why: str, verdict: str | None, **facts: Any) -> Json:
    line = story.lasting()
    story.hand_in(facts.pop("code", line["material_code"]), **facts)
    made = story.demand(
        line["material_code"], line["material_name"], story.rng.randrange(2, 6), form=line["form"]
    )
    if line["form"] == "electronic":
        made["form"] = "paper_or_electronic"
    story.last(5)
    if verdict:
        story.plant("14.1b", f"demands/{made['demand_no']}", why.format(name=line["material_name"]), verdict)
    return made


@_plot("any")
def same_step_again(story: Story) -> None:
    _again(story, "同一环节再次要求{name}", "violated")


@_plot("any")
def lost_by_office(story: Story) -> None:
    _again(story, "办理部门遗失{name}后再次要求", "violated", lost_by_office=True)


@_plot("any")
def returned_for_form(story: Story) -> None:
    _again(story, "", None, returned_for_form=True)


@_plot("any")
def changed_meanwhile(story: Story) -> None:
    _again(story, "", None, changed=True, changed_on=story.day(1))


@_plot("any")
def expired_meanwhile(story: Story) -> None:
    _again(story, "", None, open_ended=None, valid_to=story.day(1))


@_plot("any")
def validity_unknown(story: Story) -> None:
    _again(story, "再次要求{name}，其有效期没有登记", "undetermined", open_ended=None)


@_plot("any")
def again_under_another_name(story: Story) -> None:
    aliased = {code: alias for alias, code in reversed(read_tables()["aliases"])}
    always = story.office.lasting() & set(aliased)
    line = next((d for d in story.app["demands"] if d["material_code"] in always), None)
    if line is None:
        same_step_again(story)
        return
    story.hand_in(line["material_code"])
    made = story.demand(None, aliased[line["material_code"]], 3, form=line["form"])
    story.last(3)
    story.plant(
        "14.1b", f"demands/{made['demand_no']}", f"换一个名称（{made['material_name']}）再次要求同一材料"
    )


# 第十四条第二款


def _earlier_step(story: Story, why: str | None, **facts: Any) -> None:
    made = _again(story, "", None, **facts)
    made["step_no"] = 2
    if why:
        story.plant("14.2", f"demands/{made['demand_no']}", why)


@_plot("any")
def collected_in_earlier_step(story: Story) -> None:
    _earlier_step(story, "受理环节已经收取，审查环节再次要求")


@_plot("any")
def sharing_interrupted(story: Story) -> None:
    _earlier_step(story, "受理环节已经收取，共享中断后再次要求（可以申辩）")
    story.app["events"].append(
        {
            "event_no": "E1",
            "kind": "sharing_interrupted",
            "happened_on": story.day(1),
            "ended_on": story.day(4),
        }
    )


@_plot("any")
def earlier_step_returned(story: Story) -> None:
    _earlier_step(story, None, returned_for_form=True)


# 第十四条：与其他办件对照


def _elsewhere(story: Story, later: Story, why: str | None, rule: str, **facts: Any) -> None:
    """The first application hands in one material only that the later one asks for as well."""
    shared = [d for d in later.app["demands"] if not d["material_code"].startswith("F-")]
    line = story.rng.choice(shared)
    # On neither side may anything else be the same, or it would be a second instance.
    story.app["submissions"] = []
    story.hand_in(line["material_code"], **facts)
    if why:
        later.plant(
            rule, f"demands/{line['demand_no']}/gathered_demand/-", why.format(name=line["material_name"])
        )


def _same_organ(story: Story) -> Office:
    return story.rng.choice([o for o in story.teller.offices if o.organ == story.office.organ])


def _other_organ(story: Story) -> Office:
    return story.rng.choice(
        [
            o
            for o in story.teller.offices
            if o.region == story.office.region and o.organ != story.office.organ and is_ordinary(o)
        ]
    )


@_plot("any")
def held_by_department(story: Story) -> None:
    later = story.another(_same_organ(story), 30)
    _elsewhere(story, later, "本部门在该申请人另一办件中已收取{name}", "14.1c")


@_plot("any")
def held_but_expired(story: Story) -> None:
    later = story.another(_same_organ(story), 30)
    _elsewhere(story, later, None, "", open_ended=None, valid_to=story.day(20))


@_plot("any")
def held_by_another_department(story: Story) -> None:
    """Two departments, no link between the matters: nothing is said."""
    later = story.another(_other_organ(story), 25)
    _elsewhere(story, later, None, "")


def _link(story: Story, later: Story) -> None:
    matter = f"LB{story.app['application_no'][-9:]}"
    story.app["matter_id"] = later.app["matter_id"] = matter


@_plot("any")
def linked_matter(story: Story) -> None:
    later = story.another(_other_organ(story), 4)
    _link(story, later)
    _elsewhere(story, later, "联办事项中其他部门已收取{name}", "14.2.linked")


@_plot("any")
def linked_sharing_broken(story: Story) -> None:
    later = story.another(_other_organ(story), 4)
    _link(story, later)
    _elsewhere(story, later, "联办事项中其他部门已收取{name}，共享中断（可以申辩）", "14.2.linked")
    later.app["events"].append({"event_no": "E1", "kind": "sharing_interrupted", "happened_on": story.day(3)})


@_plot("any")
def linked_but_returned(story: Story) -> None:
    later = story.another(_other_organ(story), 4)
    _link(story, later)
    _elsewhere(story, later, None, "", returned_for_form=True)


# 第十六条


def _e_licence(story: Story) -> Json:
    codes = {s["material_code"]: s for s in story.edition.electronic}
    line: Json = story.rng.choice([d for d in story.app["demands"] if d["material_code"] in codes])
    story.hand_in_electronic(line["material_code"])
    return line


def _paper_besides(story: Story, why: str, verdict: str | None, **facts: Any) -> None:
    line = _e_licence(story)
    line["form"] = "paper_copy"
    for name in ("paper_required_by_law", "for_archive"):
        line[name] = facts.pop(name, False)
    story.app["submissions"][-1].update(facts)
    if verdict:
        story.plant("16.1d", f"demands/{line['demand_no']}", why.format(name=line["material_name"]), verdict)


@_plot("licence")
def paper_besides_e_material(story: Story) -> None:
    _paper_besides(story, "已用电子{name}，仍要纸质", "violated")


@_plot("licence")
def paper_for_the_archive(story: Story) -> None:
    _paper_besides(story, "已用电子{name}，以归档为由仍要纸质", "violated", for_archive=True)


@_plot("licence")
def law_says_paper(story: Story) -> None:
    _paper_besides(story, "", None, paper_required_by_law=True)


@_plot("licence")
def verification_failed(story: Story) -> None:
    _paper_besides(story, "电子{name}核验没有通过而要纸质", "undetermined", verification="failed")


@_plot("licence")
def e_material_unfit(story: Story) -> None:
    _paper_besides(story, "", None, meets_requirements=False)


@_plot("any")
def unlisted_paper_besides(story: Story) -> None:
    """One fact, two norms: the paper stands in no guide, and the e-licence was there."""
    code, name = story.rng.choice(read_tables()["unlisted_licences"])
    story.hand_in_electronic(code)
    made = story.demand(code, name)
    why = f"已用电子{name}，指南没有列明而仍要纸质"
    story.plant("16.1d", f"demands/{made['demand_no']}", why)
    story.plant("14.1a", f"demands/{made['demand_no']}", why)


def _e_slip(story: Story, facts: Json, rules: tuple[str, ...], why: str, verdict: str = "violated") -> None:
    _e_licence(story)
    made = story.app["submissions"][-1]
    made.update(facts)
    for rule in rules:
        story.plant(rule, f"submissions/{made['submission_no']}", why, verdict)


@_plot("licence")
def e_material_refused(story: Story) -> None:
    facts = {"received": False, "refused": True, "refused_on": story.day()}
    _e_slip(story, facts, ("16.1b", "16.1c"), "拒收申请人选择的电子材料")


@_plot("licence")
def e_material_weaker(story: Story) -> None:
    _e_slip(story, {"treated_as_weaker": True}, ("16.1b",), "电子材料的效力被降低")


@_plot("licence")
def e_material_not_verified(story: Story) -> None:
    facts = {"received": False, "refused": True, "refused_on": story.day(), "verification": "not_done"}
    _e_slip(story, facts, ("16.1b", "16.1c"), "没有核验即拒收电子材料", "undetermined")


@_plot("licence")
def e_material_also_paper(story: Story) -> None:
    facts = {"paper_also_wanted": True, "paper_required_by_law": False}
    _e_slip(story, facts, ("16.1d.also_wanted",), "收件时另要纸质")


@_plot("utility")
def utility_refuses(story: Story) -> None:
    facts = {"received": False, "refused": True, "refused_on": story.day()}
    _e_slip(story, facts, ("16.1c.utility",), "公用企业拒收电子材料")


@_plot("utility")
def utility_also_paper(story: Story) -> None:
    facts = {"paper_also_wanted": True, "paper_required_by_law": False}
    _e_slip(story, facts, ("16.1c.utility",), "公用企业收了电子材料又要纸质")


@_plot("utility")
def utility_demands_paper(story: Story) -> None:
    line = _e_licence(story)
    line["form"] = "paper_copy"
    line["paper_required_by_law"] = False
    story.plant("16.1c.utility_paper", f"demands/{line['demand_no']}", "公用企业在电子材料之外要求纸质")


# 第二十二条第一款


@_plot("forgotten")
def service_not_in_the_catalogue(story: Story) -> None:
    """What it breaches is told by `recall_forgotten`, as of every application there that asks for the service."""
    story.app["services"] = [_service_of(str(story.office.service))]


# 第十三条、第十五条、第二十二条：由表中的文字而来


def _bases(slip: Json, made: Json) -> None:
    if slip["bases"] is not None:
        made["bases"] = [make_basis(*b) for b in slip["bases"]]


_OWN = {"text_set_by": "self", "details_statutory": False}


def _conditioned(story: Story, slip: Json) -> None:
    made = {
        "condition_no": f"T{len(story.app['conditions']) + 1}",
        "text": slip["text"],
        "imposed_on": story.day(),
        "burdens_applicant": True,
        **_OWN,
        **treatment(slip),
        **({"details_statutory": True} if slip.get("details_statutory") else {}),
    }
    _bases(slip, made)
    story.app["conditions"].append(made)
    where = f"conditions/{made['condition_no']}"
    if slip.get("request"):
        story.ask("condition", where, "bases", slip["request"])
    story.planted_at(where, slip)


def _stepped(story: Story, slip: Json) -> None:
    made = {
        "step_no": len(story.app["steps"]) + 1,
        "step_name": slip["name"],
        "stage": "review",
        "burdens_applicant": True,
        "internal": False,
        **_OWN,
        "started_on": story.day(1),
        "ended_on": story.day(2),
    }
    _bases(slip, made)
    story.app["steps"].append(made)
    where = f"steps/{made['step_no']}"
    if slip.get("request"):
        story.ask("step", where, "bases", slip["request"])
    story.planted_at(where, slip)


def _serviced(story: Story, slip: Json) -> None:
    made = dict(make_service(slip.get("service") or str(story.office.service)))
    story.app["services"] = [made]
    if slip.get("needs") is None:
        del made["bases"]
        _bases(slip, made)
        made["law_allows_self"] = False
    made.update(slip.get("set") or {})
    where = f"services/{made['service_code']}"
    if slip.get("request"):
        story.ask("required_service", where, "bases", slip["request"])
    story.planted_at(where, slip)


def _engaged(story: Story, slip: Json) -> None:
    service = story.office.service
    assert service is not None
    name = _service_of(service)["service_name"]
    firms = [
        (f"J{n:02d}", firm) for n, (firm, offers) in enumerate(read_tables()["firms"], 1) if service in offers
    ]
    code, firm = next((f for f in firms if f[0] == slip.get("firm")), None) or story.rng.choice(firms)
    by = "department" if slip.get("department") else "applicant"
    made: Json = {
        "engagement_no": "W1",
        "service_code": service,
        "service_name": name,
        "intermediary_code": code,
        "intermediary_name": firm,
        "engaged_on": story.day(),
        "principal": by,
        "law_puts_on_department": False,
        "chosen_by": by,
        "applicant_drew_lot": False,
        "lot_imposed": False,
        "made_to_switch": False,
        "platform_members_only": False,
        "only_one_accepted": False,
        "others_refused": False,
        "others_qualified": True,
        "method_fixed_by_procurement_law": False,
        "own_unit": False,
        "payer": by,
        "paid_through": by,
        "refunded": False,
        "fee": 3000 + 500 * story.rng.randrange(30),
    }
    if slip.get("department"):
        made |= {"law_puts_on_department": True, "selection": "competitive", "single_source_lawful": False}
    made.update(slip.get("set") or {})
    for unset in slip.get("unset") or ():
        made.pop(unset, None)
    story.app["engagements"] = [made]
    if slip.get("request"):
        story.ask("engagement", "engagements/W1", slip["request"]["fact"], slip["request"]["how"])
    story.planted_at("engagements/W1", slip)


def _deferred(story: Story, slip: Json) -> None:
    """Deferred acceptance: by the book unless the slip says otherwise. `@n` is the nth working day after filing."""
    app, office = story.app, story.office
    assert office.deferrable is not None
    code = slip.get("gap", office.deferrable)
    name = read_tables()["materials"][code][0]
    app["deferred"] = True
    app["demands"] = [d for d in app["demands"] if d["material_code"] != office.deferrable]
    app["submissions"] = [s for s in app["submissions"] if s["material_code"] != office.deferrable]
    made: Json = {
        "asked_on": "@0",
        "gaps": [{"gap_no": "G1", "what": "material", "material_code": code, "material_name": name, "main": slip.get("main", False)}],
        "basic_conditions_met": True,
        "main_materials_complete": True,
        "legal_form": True,
        "option_offered": True,
        "promise_given": True,
        "promise_given_on": "@0",
        "promise_tendered": True,
        "promise_refused": False,
        "accepted": True,
        "accepted_on": "@0",
        "told_materials": True,
        "told_time_limit": True,
        "told_consequence": True,
        "told_on": "@0",
        "told_times": 1,
        "deadline": "@5",
        "deadline_extended": False,
        "supplements": [
            {"supplement_no": "B1", "material_code": code, "supplied": True, "supplied_on": slip.get("at", "@3"), "fit": not slip.get("unfit")}
        ],
        "supplemented": True,
        "supplemented_on": "@3",
        "supplement_fit": True,
        "review_held_back": False,
        "promised_days": 15,
        "excluded_days": 0,
        "extension_days": 0,
        "completed": True,
        "completed_on": "@7",
        "granted": True,
        "refused_on_merits": False,
        "withdrawn": False,
        "withdrawn_as_overdue": False,
        "applicant_withdrew": False,
    }  # fmt: skip
    made.update(slip.get("set") or {})
    app["deferral"] = _dated({k: v for k, v in made.items() if v is not None}, story)
    if "completed_on" in app:
        app["completed_on"] = story.day(7)
    if slip.get("refused") or slip.get("open") or slip.get("withdrawn"):
        for gone in ("completed_on", "accepted_on") if slip.get("refused") else ("completed_on",):
            app.pop(gone, None)
        app |= {
            "accepted": not slip.get("refused"),
            "completed": False,
            "withdrawn": bool(slip.get("withdrawn")),
        }
        if slip.get("withdrawn"):
            app["withdrawn_on"] = _dated(slip["withdrawn"], story)
        else:
            app["complete_until"] = story.day(45)
    elif slip.get("completed"):
        app["completed_on"] = _dated(slip["completed"], story)
    if slip.get("request"):
        story.ask("deferral", "deferral", slip["request"]["fact"], slip["request"]["how"])
    story.planted_at("deferral", slip)


def _told(story: Story, slip: Json) -> None:
    """One part of the application as the row has it: added, or changed in place."""
    app, field = story.app, str(slip["field"])
    row = _filled(_dated(slip["row"], story), {"region": story.office.region})
    where: str = slip.get("at", field)
    if "fit" in slip:
        here = next(r for r in app[field] if all(r.get(k) == v for k, v in slip["fit"].items()))
        here.update(row)
        where = f"{field}/{here['step_no']}"
    elif isinstance(app.get(field), list) or field in _LISTS:
        app[field] = [*app.get(field, ()), row]
    else:
        app[field] = row
    story.planted_at(where, slip)


_LISTS = ("channel_limits", "falsehoods")


def _filled(value: Any, names: Json) -> Any:
    if isinstance(value, dict):
        return {k: _filled(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_filled(v, names) for v in value]
    return value.format_map(names) if isinstance(value, str) else value


def _dated(value: Any, story: Story) -> Any:
    if isinstance(value, dict):
        return {k: _dated(v, story) for k, v in value.items()}
    if isinstance(value, list):
        return [_dated(v, story) for v in value]
    return story.day(int(value[1:])) if isinstance(value, str) and value.startswith("@") else value


def _from_tables() -> Iterator[Plot]:
    tables = read_tables()
    for table, need, tell in (
        ("condition_slips", "any", _conditioned),
        ("step_slips", "any", _stepped),
        ("service_slips", "any", _serviced),
        ("engagement_slips", "service", _engaged),
        ("deferral_slips", "defer", _deferred),
        ("story_slips", "any", _told),
    ):
        for number, slip in enumerate(tables[table], 1):

            def told(story: Story, slip: Json = slip, tell: Callable[[Story, Json], None] = tell) -> None:
                tell(story, slip)

            organ = None
            if "clock" in slip:
                organ = next(o for o, clock in tables["clocks"].items() if clock == slip["clock"])
            yield Plot(f"{table}:{number}", slip.get("needs", need), told, at_organ=organ)


# -- crowds: what only many applications together show -------------------------------------------------------------

CROWDED = 2000
"""From so many applications on, the crowds of `demo_handling.yaml` are among them."""


def _crowd(teller: _Teller, told: Json) -> Iterator[Story]:
    """So many applications for one item within a time, day after day; the last of them knows what all of them show."""
    office = next(o for o in teller.offices if (o.tag, o.region) == (told["tag"], told["region"]))
    first, last = told["from"].isoformat(), told["to"].isoformat()
    span = [i for i, day in enumerate(open_days()) if first <= day <= last]
    for number in range(told["n"]):
        story = Story(teller, office, span[number * len(span) // told["n"]])
        if told.get("window"):
            story.app["channel"] = "window"
            story.app["submissions"] = [{**s, "received_on": story.day()} for s in story.edition.on_paper]
        if "firms" in told:
            firm = told["firms"][number % len(told["firms"])]
            _engaged(story, {"firm": firm})
        if "took" in told:
            story.app |= {"completed_on": story.day(told["took"]), "withdrawn": False}
            story.app["steps"][-1]["started_on"] = story.day(told["took"])
        if office.habit is not None:
            office.habit(story)
        if number == told["n"] - 1:
            story.planted += [
                Planted(rule, key, "violated", told["why"]) for rule, key in told.get("plant", {}).items()
            ]
        yield story


@cache
def plots() -> tuple[Plot, ...]:
    return (*_PLOTS, *_from_tables())


def stories(n: int, seed: int, town: Town | None = None) -> Iterator[Story]:
    """The stories of `n` applications (one of them may be two), in order of telling."""
    town = town or build_town(seed)
    teller = _Teller(town, seed)
    rng = teller.rng
    pools: dict[str, list[Office]] = {}
    queue: list[Plot] = []
    told = 0
    crowds = read_tables()["crowds"] if n >= CROWDED else []
    crowd = sum(c["n"] for c in crowds)
    while told < n - crowd:
        if rng.random() * 1000 < SLIPS_IN_A_THOUSAND and n - crowd - told > 1:
            if not queue:
                queue = list(plots())
                rng.shuffle(queue)
            plot = queue.pop()
            key = f"{plot.need}@{plot.at_organ}"
            if key not in pools:
                pools[key] = [o for o in town.pool(plot.need) if plot.at_organ in (None, o.organ)]
            office = rng.choice(pools[key])
            story = Story(teller, office, (plot.when or _any_day)(office, rng))
            plot.tell(story)
        else:
            story = teller.ordinary()
        for one in (story, *story.more):
            one.recall_forgotten()
        told += 1 + len(story.more)
        yield story
    for told_of in crowds:
        for story in _crowd(teller, told_of):
            story.recall_forgotten()
            yield story
