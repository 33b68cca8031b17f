"""The cases of every content check, as data: what the check finds, and what it must not find."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from check_cases import Case, Told

Cells = dict[str, Any]
D = date


def _episode(cause: str | None, identified: date, eliminated: date | None = None, **cells: Any) -> Cells:
    """An episode; an eliminated one ended by itself."""
    ended = {"eliminated_month": eliminated, "elimination_mode": "natural"} if eliminated else {}
    return {"identified_month": identified, "cause_1": cause, **ended, **cells}


def _survey(net: float, end: date = date(2024, 9, 30), **cells: Any) -> Cells:
    return {"period_end": end, "net_per_capita": net, **cells}


def _measure(kind: str, started_on: date = date(2025, 1, 10), number: int = 1, **cells: Any) -> Cells:
    return {"measure_id": f"M{number}", "measure": kind, "started_on": started_on, **cells}


def _member(number: int = 1, born: date = date(1980, 1, 1), **cells: Any) -> Cells:
    return {"person_id": f"P{number}", "birth_month": born, **cells}


def _work(month: date, employed: bool, person: int = 1) -> Cells:
    return {"person_id": f"P{person}", "month": month, "employed": employed}


WORKER: Final = _member(labour="ordinary")
IDENTIFIED: Final[Told] = {
    "income_surveys": [_survey(9000, D(2024, 10, 31), stage="identification")],
    "guarantee_checks": [{"checked_on": D(2024, 11, 5), "stage": "identification", "water_ok": True}],
}
"""What an episode identified in November 2024 needs."""
OVER: Final = _episode("OTH", D(2023, 6, 1), D(2024, 6, 1))
OPEN: Final = D(2024, 11, 1)


def _income() -> Iterator[Case]:
    code = "1_02_006"
    yield Case(code, "one fen under the line", True, {"income_surveys": [_survey(7999.99)]})
    yield Case(code, "on the line", False, {"income_surveys": [_survey(8000)]})
    yield Case(
        code, "monitored", False, {"income_surveys": [_survey(1)], "monitoring_episodes": [_episode("OTH", OPEN)]}
    )
    older = _survey(1, D(2023, 9, 30))
    yield Case(code, "under it a year earlier", False, {"income_surveys": [older, _survey(8000)]})
    other = _survey(1, D(2025, 3, 31), stage="identification")
    yield Case(code, "under it at another stage", False, {"income_surveys": [_survey(8000), other]})
    yield Case(
        code,
        "the window has not ended",
        False,
        {"income_surveys": [_survey(1, D(2025, 6, 30), known_at=D(2025, 6, 1))]},
    )

    code = "4_11_010"
    taken: Cells = {"stage": "elimination", "end": D(2024, 5, 31)}
    for story, fires, survey in (
        ("one fen under the line", True, _survey(7999.99, **taken)),
        ("on the line", False, _survey(8000, **taken)),
        ("of an earlier attempt", False, _survey(1, D(2023, 5, 31), stage="elimination")),
        ("at another stage", False, _survey(1, D(2024, 5, 31), stage="annual")),
    ):
        yield Case(code, story, fires, {"income_surveys": [survey], "monitoring_episodes": [OVER]})
    still: Told = {"income_surveys": [_survey(1, D(2025, 4, 30), stage="elimination")]}
    yield Case(code, "not eliminated", False, {**still, "monitoring_episodes": [_episode("OTH", OPEN)]})

    code = "4_11_013"
    for story, fires, month, cells in (
        ("first month of the window", True, D(2023, 10, 1), {}),
        ("last month of the window", True, D(2024, 9, 1), {}),
        ("month before the window", False, D(2023, 9, 1), {}),
        ("month after the window", False, D(2024, 10, 1), {}),
        ("another scheme", False, D(2024, 1, 1), {"scheme": "dibao_marginal"}),
    ):
        told: Told = {"income_surveys": [_survey(9000)], "social_assistance": [{"month": month, **cells}]}
        yield Case(code, story, fires, told)
    some: Told = {"income_surveys": [_survey(9000, transfer=1)], "social_assistance": [{"month": D(2024, 1, 1)}]}
    yield Case(code, "some transfer income", False, some)

    code = "5_15_023"
    for wage, fires in ((99.99, True), (0.01, True), (100, False), (0, False)):
        yield Case(code, f"a wage of {wage}", fires, {"income_surveys": [_survey(9000, wage=wage)]})
    corrected = [_survey(9000, D(2023, 9, 30), wage=3), _survey(9000, wage=30000)]
    yield Case(code, "corrected in a newer survey", False, {"income_surveys": corrected})

    code, again = "X_04", _episode("OTH", D(2025, 1, 1))
    for story, fires, survey, episodes in (
        ("one fen under the line", True, _survey(7999.99), [OVER]),
        ("on the line", False, _survey(8000), [OVER]),
        ("the window ended in the month", False, _survey(1, D(2024, 6, 30)), [OVER]),
        ("monitored again", False, _survey(1), [OVER, again]),
    ):
        yield Case(code, story, fires, {"income_surveys": [survey], "monitoring_episodes": episodes})
    since = [_survey(1), _survey(8000, D(2025, 3, 31), stage="identification")]
    yield Case(code, "over it in a newer survey", False, {"income_surveys": since, "monitoring_episodes": [OVER]})


def _guarantees() -> Iterator[Case]:
    after, last_day = D(2024, 7, 1), D(2024, 6, 30)
    bad: Cells = {"house_grade": "C", "occupied": True, "inspected_on": after}
    again = _episode("HOU", D(2025, 1, 1))
    for story, fires, dwellings, checks, episodes in (
        ("grade C", True, [bad], [], [OVER]),
        ("grade D", True, [bad | {"house_grade": "D"}], [], [OVER]),
        ("grade B", False, [bad | {"house_grade": "B"}], [], [OVER]),
        ("on the last day of the month", False, [bad | {"inspected_on": last_day}], [], [OVER]),
        ("nobody lives there", False, [bad | {"occupied": False}], [], [OVER]),
        ("not known whether somebody lives there", False, [bad | {"occupied": None}], [], [OVER]),
        ("repaired since", False, [bad, bad | {"house_grade": "A", "inspected_on": D(2025, 1, 1)}], [], [OVER]),
        ("found at a check", True, [], [{"checked_on": after, "house_ok": False}], [OVER]),
        ("all well at a check", False, [], [{"checked_on": after, "house_ok": True}], [OVER]),
        ("answer not known", False, [], [{"checked_on": after}], [OVER]),
        ("monitored again", False, [bad], [], [OVER, again]),
        ("never monitored", False, [bad], [], []),
    ):
        told: Told = {"dwellings": dwellings, "guarantee_checks": checks, "monitoring_episodes": episodes}
        yield Case("1_02_008", story, fires, told)

    unsafe: Cells = {"water_safe": False, "inspected_on": after}
    for story, fires, dwellings, checks in (
        ("at an inspection", True, [unsafe], []),
        ("at a check", True, [], [{"checked_on": after, "water_ok": False}]),
        ("on the last day of the month", False, [unsafe | {"inspected_on": last_day}], []),
        ("safe since", False, [unsafe, {"water_safe": True, "inspected_on": D(2024, 8, 1)}], []),
    ):
        told = {"dwellings": dwellings, "guarantee_checks": checks, "monitoring_episodes": [OVER]}
        yield Case("1_02_009", story, fires, told)

    dry: Cells = {"checked_on": D(2024, 11, 5), "stage": "identification", "water_ok": False}
    for story, fires, check, episode in (
        ("no such cause", True, dry, _episode("ILL", OPEN)),
        ("second cause", False, dry, _episode("ILL", OPEN, cause_2="WAT")),
        ("at another stage", False, dry | {"stage": "routine"}, _episode("ILL", OPEN)),
        ("no problem", False, dry | {"water_ok": True}, _episode("ILL", OPEN)),
    ):
        yield Case("4_11_006", story, fires, {"guarantee_checks": [check], "monitoring_episodes": [episode]})


def _monitoring() -> Iterator[Case]:
    code, episode = "1_11_002", _episode("ILL", OPEN)
    yield Case(code, "complete", False, {**IDENTIFIED, "monitoring_episodes": [episode]})
    yield Case(code, "no cause", True, {**IDENTIFIED, "monitoring_episodes": [_episode(None, OPEN)]})
    for missing in IDENTIFIED:
        rest = {name: rows for name, rows in IDENTIFIED.items() if name != missing}
        yield Case(code, f"no row of {missing}", True, {**rest, "monitoring_episodes": [episode]})
    twice = [_episode("ILL", OPEN, D(2025, 1, 1)), _episode("ILL", D(2025, 4, 1))]
    yield Case(code, "only of the episode before", True, {**IDENTIFIED, "monitoring_episodes": twice})
    before = _episode("ILL", D(2019, 12, 1), D(2020, 12, 1))
    yield Case(code, "before the county's records begin", False, {"monitoring_episodes": [before]})

    for code, length, fires in (("2_11_002", 5, True), ("2_11_002", 6, False), ("X_02", 2, True), ("X_02", 3, False)):
        ended = _episode("ILL", D(2024, 1, 1), D(2024, 1 + length, 1))
        yield Case(code, f"{length} months", fires, {"monitoring_episodes": [ended]})
    newer = [_episode("ILL", D(2024, 1, 1)), _episode("ILL", D(2024, 2, 1))]
    yield Case("X_02", "ended only by a newer episode", False, {"monitoring_episodes": newer})


def _causes() -> Iterator[Case]:
    certificate: Cells = {"disability_type": "visual", "disability_grade": 2}
    for story, fires, members in (
        ("no certificate", True, [_member()]),
        ("a certificate", False, [_member(), _member(2, **certificate)]),
        ("a certificate of one who left", False, [_member(), _member(2, leave_reason="died", **certificate)]),
        ("no member known", False, []),
    ):
        yield Case("2_11_001", story, fires, {"monitoring_episodes": [_episode("DIS", OPEN)], "members": members})

    for story, fires, members in (
        ("nobody is able", True, [_member(labour="lost")]),
        ("60 years old", True, [_member(born=D(1965, 6, 1), labour="ordinary")]),
        ("59 years old", False, [_member(born=D(1965, 7, 1), labour="ordinary")]),
        ("15 years old", True, [_member(born=D(2009, 7, 1), labour="ordinary")]),
        ("16 years old", False, [_member(born=D(2009, 6, 1), labour="weak")]),
        ("the able one left", True, [_member(labour="lost"), _member(2, labour="skilled", leave_reason="split")]),
        ("labour not known", False, [_member(labour="lost"), _member(2)]),
    ):
        yield Case("2_11_006", story, fires, {"monitoring_episodes": [_episode("JOB", OPEN)], "members": members})
    past = _episode("JOB", D(2021, 1, 1), D(2021, 12, 1))
    for story, fires, born in (("59 at its end", False, D(1962, 1, 1)), ("60 at its end", True, D(1961, 12, 1))):
        told: Told = {"monitoring_episodes": [past], "members": [_member(born=born, labour="ordinary")]}
        yield Case("2_11_006", story, fires, told)

    for story, fires, size, able in (
        ("half of four", True, 4, 2),
        ("one of four", False, 4, 1),
        ("all of three", False, 3, 3),
        ("two of five", False, 5, 2),
    ):
        members = [_member(n, labour="ordinary" if n <= able else "none") for n in range(1, size + 1)]
        told = {"households": [{"household_id": "H1", "size": size}], "members": members}
        yield Case("5_11_029", story, fires, {**told, "monitoring_episodes": [_episode("ILL", OPEN, cause_2="LAB")]})

    ill = _episode("ILL", D(2025, 5, 1))
    for story, fires, bills in (
        ("no bill", True, []),
        ("a bill without self-pay", True, [(D(2025, 1, 5), 0)]),
        ("self-pay on the first day", False, [(D(2024, 5, 1), 1)]),
        ("self-pay a day before", True, [(D(2024, 4, 30), 1)]),
        ("self-pay in the month itself", False, [(D(2025, 5, 31), 1)]),
    ):
        rows = [{"settlement_id": f"S{n}", "service_end": day, "self_pay": paid} for n, (day, paid) in enumerate(bills)]
        yield Case("5_15_020", story, fires, {"monitoring_episodes": [ill], "medical_settlements": rows})
    early = _episode("ILL", D(2020, 12, 1))
    yield Case("5_15_020", "bills of a whole year not received", False, {"monitoring_episodes": [early]})

    well: Cells = {"chronic_illness": False, "major_illness": False}
    for story, fires, members in (
        ("all are well", True, [_member(**well), _member(2, **well)]),
        ("one is chronically ill", False, [_member(**well), _member(2, chronic_illness=True)]),
        ("the health of one is not known", False, [_member(**well), _member(2)]),
        ("the ill one died", False, [_member(**well), _member(2, major_illness=True, leave_reason="died")]),
    ):
        yield Case("X_05", story, fires, {"monitoring_episodes": [ill], "members": members})


def _measures() -> Iterator[Case]:
    helped = _episode("ILL", D(2023, 6, 1), D(2024, 6, 1), elimination_mode="by_help")
    for story, fires, measures in (
        ("no measure", True, []),
        ("a measure on the first day", False, [_measure("health", D(2023, 6, 1))]),
        ("a measure that ended on the first day", False, [_measure("health", D(2022, 6, 1), ended_on=D(2023, 6, 1))]),
        ("a measure that ended before", True, [_measure("health", D(2022, 6, 1), ended_on=D(2023, 5, 31))]),
        ("a measure on the last day", False, [_measure("health", D(2024, 6, 30))]),
        ("a measure after the end", True, [_measure("health", D(2024, 7, 1))]),
        ("a measure not delivered", True, [_measure("health", D(2023, 9, 1), delivered=False)]),
    ):
        yield Case("1_11_009", story, fires, {"monitoring_episodes": [helped], "measures": measures})
    yield Case("1_11_009", "ended by itself", False, {"monitoring_episodes": [OVER]})

    months = [D(2025, 4, 1), D(2025, 3, 1), D(2024, 12, 1), D(2024, 11, 1)]
    none = [_work(month, employed=False) for month in months[:3]]
    job, leaver = _measure("employment"), _member(2, leave_reason="married_out")
    for story, fires, measures, work, members in (
        ("nobody in three known months", True, [job], none, [WORKER]),
        ("in the fourth known month", True, [job], [*none, _work(months[3], employed=True)], [WORKER]),
        ("in the third", False, [job], [*none[:2], _work(months[2], employed=True)], [WORKER]),
        ("only two months known", False, [job], none[:2], [WORKER]),
        ("only one who left", True, [job], [*none, _work(months[0], employed=True, person=2)], [WORKER, leaver]),
        ("the measure ended", False, [job | {"ended_on": D(2025, 6, 4)}], none, [WORKER]),
        ("the measure ends today", True, [job | {"ended_on": D(2025, 6, 5)}], none, [WORKER]),
        ("the measure is only planned", False, [job | {"started_on": D(2025, 6, 6)}], none, [WORKER]),
    ):
        told: Told = {"measures": [{"known_at": D(2025, 1, 10), **row} for row in measures], "employment": work}
        yield Case("4_11_014", story, fires, {**told, "members": members})

    cash, doctor = _measure("social_security"), _measure("health", number=2)
    for story, fires, measures, members in (
        ("only social security", True, [cash], [WORKER]),
        ("health too", False, [cash, doctor], [WORKER]),
        ("health has ended", True, [cash, doctor | {"ended_on": D(2025, 6, 4)}], [WORKER]),
        ("nothing is running", False, [cash | {"delivered": False}], [WORKER]),
        ("no labour", False, [cash], [_member(labour="lost")]),
        ("labour not known", False, [cash], [_member()]),
    ):
        told = {"monitoring_episodes": [_episode("ILL", OPEN)], "measures": measures, "members": members}
        yield Case("5_11_032", story, fires, told)

    for story, fires, identified, measures, members in (
        ("six complete months", True, D(2024, 11, 1), [], [WORKER]),
        ("five complete months", False, D(2024, 12, 1), [], [WORKER]),
        ("no labour", False, D(2024, 11, 1), [], [_member(labour="lost")]),
        ("a development measure", False, D(2024, 11, 1), [_measure("industry")], [WORKER]),
        (
            "one that ended before",
            True,
            D(2024, 11, 1),
            [_measure("industry", D(2024, 1, 1), ended_on=D(2024, 10, 31))],
            [WORKER],
        ),
        ("another measure", True, D(2024, 11, 1), [_measure("health")], [WORKER]),
    ):
        told = {"monitoring_episodes": [_episode("ILL", identified)], "measures": measures, "members": members}
        yield Case("5_12_007", story, fires, told)

    for code, cause, fitting in (("5_18_006", "WAT", ["water"]), ("X_03", "HOU", ["housing", "relocation"])):
        risk, second = _episode(cause, D(2025, 5, 1)), _episode("ILL", D(2025, 5, 1), cause_2=cause)
        yield Case(code, "no measure", True, {"monitoring_episodes": [risk]})
        yield Case(code, "as second cause", True, {"monitoring_episodes": [second]})
        yield Case(code, "another measure", True, {"monitoring_episodes": [risk], "measures": [_measure("health")]})
        for kind in fitting:
            yield Case(code, f"a measure {kind}", False, {"monitoring_episodes": [risk], "measures": [_measure(kind)]})
        ended = _episode(cause, D(2024, 5, 1), D(2025, 5, 1))
        yield Case(code, "eliminated", False, {"monitoring_episodes": [ended]})

    planned = _measure("health", D(2025, 7, 1), known_at=D(2025, 6, 1), delivered=False)
    for story, fires, identified, measures in (
        ("one complete month", True, D(2025, 4, 1), []),
        ("the next month is not over", False, D(2025, 5, 1), []),
        ("a measure", False, D(2025, 4, 1), [_measure("health")]),
        ("a planned measure", False, D(2025, 4, 1), [planned]),
    ):
        yield Case("X_01", story, fires, {"monitoring_episodes": [_episode("ILL", identified)], "measures": measures})


def _persons() -> Iterator[Case]:
    yulu = _measure("other_education", D(2025, 3, 10), option="yulu", person_id="P1")
    spring, autumn = D(2025, 3, 1), D(2024, 9, 1)
    for story, fires, measure, terms in (
        ("at a general school", True, yulu, [(1, spring, "senior")]),
        ("at a vocational school", False, yulu, [(1, spring, "vocational")]),
        ("no enrolment known", False, yulu, []),
        (
            "in the term in which it starts",
            False,
            yulu | {"started_on": D(2025, 1, 31)},
            [(1, autumn, "vocational"), (1, spring, "senior")],
        ),
        (
            "from February on the spring term",
            True,
            yulu | {"started_on": D(2025, 2, 1)},
            [(1, autumn, "vocational"), (1, spring, "senior")],
        ),
        (
            "for the household, one is vocational",
            False,
            yulu | {"person_id": None},
            [(1, spring, "primary"), (2, spring, "vocational_college")],
        ),
        ("for the household, none is vocational", True, yulu | {"person_id": None}, [(1, spring, "primary")]),
        ("another option", False, yulu | {"option": "grant"}, [(1, spring, "senior")]),
    ):
        rows = [{"person_id": f"P{n}", "term": term, "stage": stage} for n, term, stage in terms]
        told: Told = {"measures": [measure], "enrolments": rows, "members": [_member(1), _member(2)]}
        yield Case("5_15_012", story, fires, told)

    def child(born: date, status: str | None = None, term: date = spring, **cells: Any) -> Told:
        rows = [{"person_id": "P1", "term": term, "status": status}] if status else []
        return {"members": [_member(born=born, **cells)], "enrolments": rows}

    code = "5_15_016"
    yield Case(code, "six years on 31 August", True, child(D(2018, 8, 1)))
    yield Case(code, "five years on 31 August", False, child(D(2018, 9, 1)))
    yield Case(code, "fifteen years on 31 August", True, child(D(2008, 9, 1)))
    yield Case(code, "sixteen years on 31 August", False, child(D(2008, 8, 1)))
    yield Case(code, "enrolled", False, child(D(2015, 1, 1), "enrolled"))
    yield Case(code, "taught at home", False, child(D(2015, 1, 1), "home_teaching"))
    yield Case(code, "enrolled a term before", True, child(D(2015, 1, 1), "enrolled", autumn))
    yield Case(code, "not enrolled", True, child(D(2015, 1, 1), "not_enrolled"))
    yield Case(code, "left the household", False, child(D(2015, 1, 1), leave_reason="split"))

    code = "5_15_017"
    yield Case(code, "suspected dropout", True, child(D(2015, 1, 1), "suspected_dropout"))
    yield Case(code, "dropout", True, child(D(2015, 1, 1), "dropout"))
    yield Case(code, "suspended", False, child(D(2015, 1, 1), "suspended"))
    yield Case(code, "too old", False, child(D(2008, 8, 1), "dropout"))

    well: Cells = {"chronic_illness": False, "major_illness": False}
    for story, fires, month, members in (
        ("60 years old", True, D(2025, 5, 1), [_member(born=D(1964, 7, 1), **well)]),
        ("61 years old", False, D(2025, 5, 1), [_member(born=D(1964, 6, 1), **well)]),
        ("18 years old", True, D(2025, 5, 1), [_member(born=D(2007, 6, 1), **well)]),
        ("17 years old", False, D(2025, 5, 1), [_member(born=D(2007, 7, 1), **well)]),
        ("an old member too", False, D(2025, 5, 1), [_member(**well), _member(2, born=D(1950, 1, 1), **well)]),
        ("chronically ill", False, D(2025, 5, 1), [_member(**well | {"chronic_illness": True})]),
        ("disabled", False, D(2025, 5, 1), [_member(disability_type="visual", disability_grade=1, **well)]),
        ("health not known", False, D(2025, 5, 1), [_member()]),
        ("no longer on the list", False, D(2025, 4, 1), [_member(**well)]),
    ):
        told = {"social_assistance": [{"month": month, "scheme": "tekun_dispersed"}], "members": members}
        yield Case("5_15_019", story, fires, told)


CASES: Final = tuple(
    case for stories in (_income, _guarantees, _monitoring, _causes, _measures, _persons) for case in stories()
)


def of(*codes: str) -> list[Case]:
    """The cases of some checks."""
    return [case for case in CASES if case.code in codes]
