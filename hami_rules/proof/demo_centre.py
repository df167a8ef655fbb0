"""The bundled dossier's service centres: one internal body a department stationed there whole, and its people."""

from __future__ import annotations

from .demo_town import Json, Town

__all__ = ["internal_bodies", "stationed_staff"]

_NAMES = ("古丽", "建国", "海燕", "阿不都", "志强", "叶尔兰", "秀兰", "永红")


def internal_bodies(town: Town) -> list[Json]:
    """Of each organ with an item: the body that serves market entities, and one that does not."""
    return [
        {
            "body_code": f"{organ}-{code}",
            "body_name": name,
            "organ_code": organ,
            "region": region,
            "valid_from": "2022-01-01",
            "open_ended": True,
            **served,
        }
        for organ, region in _organs(town)
        for code, name, served in (
            ("SP", "行政审批科", {"handles_services": True, "stationed_whole": True, "decides": True}),
            ("ZH", "综合科", {"handles_services": False}),
        )
    ]


def stationed_staff(town: Town) -> list[Json]:
    """Two people of each department at the centre of its region, appraised each year."""
    return [
        {
            "person_no": f"{organ}-{n + 1}",
            "name": _NAMES[(at + n) % len(_NAMES)],
            "organ_code": organ,
            "region": region,
            "centre_code": f"{region}-ZX",
            "post": f"{n + 1}号窗口",
            "staff_kind": "stationed",
            "valid_from": "2024-01-01",
            "open_ended": True,
            "qualification_required": False,
            "trained": True,
            "guidance_by": "sending_department",
            "personnel_by": "sending_department",
            "pay_by": "treasury" if n else "sending_department",
            "years": [
                {
                    "year": year,
                    "daily_managed": True,
                    "appraised": True,
                    "appraised_on": f"{year + 1}-01-20",
                    "result": "competent",
                    "fed_back": True,
                    "fed_back_on": f"{year + 1}-02-25",
                }
                for year in (2024, 2025)
            ],
        }
        for at, (organ, region) in enumerate(_organs(town))
        for n in range(2)
    ]


def _organs(town: Town) -> list[tuple[str, str]]:
    return sorted({(o.organ, o.region) for o in town.offices})
