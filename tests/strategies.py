"""Random households: canonical rows as they could lie in a lake, for properties that must hold of all of them.

The rows keep the keys of the contract (no two rows with the same key and the same `known_at`), not every rule on their
content. Facts happen in 2023-2025 and become known up to a year later, so that for an as-of date of early 2025 some
rows are old, some are not known yet, and some have older or newer versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import polars as pl
from hypothesis import strategies as st

from riskmodel.policy import IncomeComponent
from riskmodel.tables.catalogue import TABLES
from scenario import VILLAGE, rows_of

HOUSEHOLDS: Final = ("H1", "H2", "H3")
PERSONS: Final = ("P1", "P2", "P3", "P4", "P5")
VILLAGES: Final = (VILLAGE, "990101001002")
AS_OF_DATES: Final = (date(2025, 2, 28), date(2025, 3, 5), date(2025, 3, 31))

_MONTHS: Final = tuple(date(2023 + index // 12, index % 12 + 1, 1) for index in range(6, 30))
_DAYS: Final = (date(2023, 1, 15), date(2024, 3, 1), date(2024, 12, 31), date(2025, 2, 28), date(2025, 3, 2))
_AT_ONCE: Final = {"delay": 0, "retracted": False}
_maybe: Final = st.sampled_from([None, True, False])
_yuan: Final = st.integers(0, 50_000)


def histories() -> st.SearchStrategy[dict[str, pl.DataFrame]]:
    """Canonical frames by table of three households and five persons, most of them known early."""
    rows = {
        "villages": st.lists(_villages(), max_size=1),
        "households": _first(_households(), "household_id", HOUSEHOLDS, more=3),
        "members": _first(_members(), "person_id", PERSONS, more=4),
        "incomes": st.lists(_incomes(), min_size=4, max_size=10),
        "income_surveys": _first(_surveys(), "household_id", HOUSEHOLDS[:2], more=4),
        "employment": _first(_employment(), "person_id", PERSONS[:3], more=6),
        "enrolments": st.lists(_enrolments(), min_size=2, max_size=5),
        "dwellings": st.lists(_dwellings(), min_size=2, max_size=5),
        "medical_settlements": st.lists(_bills(), min_size=1, max_size=6),
        "loan_statements": st.lists(_loans(), max_size=5),
        "shocks": st.lists(_shocks(), max_size=4),
        "social_assistance": st.lists(_assistance(), max_size=6),
        "measures": st.lists(_measures(), max_size=4),
        "guarantee_checks": st.lists(_checks(), max_size=4),
        "visits": st.lists(_visits(), max_size=4),
        "monitoring_episodes": st.lists(_episodes(), max_size=4),
    }
    return st.fixed_dictionaries(rows).map(_framed)


def _first(
    rows: st.SearchStrategy[dict[str, Any]], subject: str, ids: tuple[str, ...], more: int
) -> st.SearchStrategy[list[dict[str, Any]]]:
    """One row for each of these subjects, known at once and not retracted, and some more of whomever."""
    firsts = st.tuples(*(rows.map(lambda row, i=i: row | {subject: i} | _AT_ONCE) for i in ids))  # type: ignore[misc]
    return st.tuples(firsts, st.lists(rows, max_size=more)).map(lambda parts: [*parts[0], *parts[1]])


def _framed(rows: Mapping[str, list[dict[str, Any]]]) -> dict[str, pl.DataFrame]:
    return {name: rows_of(name, *_one_per_version(name, listed)) for name, listed in rows.items()}


def _one_per_version(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last row of each key and day of knowledge, known some days after its event."""
    event = TABLES[name].event
    dated = [row | {"known_at": row[event] + timedelta(days=row["delay"])} for row in rows]
    key = (*TABLES[name].key, "known_at")
    return list({tuple(row[c] for c in key): _without_delay(row) for row in dated}.values())


def _without_delay(row: dict[str, Any]) -> dict[str, Any]:
    return {column: cell for column, cell in row.items() if column != "delay"}


def _rows(**columns: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    delay = st.sampled_from([0, 5, 35, 90, 365])
    retracted = st.sampled_from([False] * 9 + [True])
    return st.fixed_dictionaries({**columns, "delay": delay, "retracted": retracted})


def _of(name: str, column: str) -> st.SearchStrategy[str]:
    return st.sampled_from(TABLES[name].facts[column].allowed)


def _or_null(codes: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    return st.one_of(st.none(), codes)


def _households() -> st.SearchStrategy[dict[str, Any]]:
    kinds = st.sampled_from([("ordinary", None), ("ex_poor_policy", 2018), ("ex_poor_no_policy", 2020)])
    rows = _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        valid_from=st.sampled_from([date(2023, 6, 1), date(2024, 6, 1), date(2025, 1, 1)]),
        village_code=st.sampled_from(VILLAGES),
        kind=kinds,
        size=st.integers(1, 6),
        status=st.sampled_from(["active"] * 5 + ["merged"]),
    )
    return rows.map(lambda row: row | {"category": row["kind"][0], "exit_year": row["kind"][1]}).map(
        lambda row: {column: cell for column, cell in row.items() if column != "kind"}
    )


def _villages() -> st.SearchStrategy[dict[str, Any]]:
    """A village code that was replaced by the other one."""
    return _rows(
        village_code=st.just(VILLAGES[1]),
        valid_from=st.just(date(2024, 1, 1)),
        valid_to=st.sampled_from([date(2024, 7, 1), date(2025, 3, 10)]),
        successor_code=st.just(VILLAGES[0]),
    )


def _members() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        person_id=st.sampled_from(PERSONS),
        household_id=st.sampled_from(HOUSEHOLDS),
        valid_from=st.sampled_from([date(2023, 6, 1), date(2024, 9, 1), date(2025, 2, 1)]),
        relation=st.sampled_from(["head", "spouse", "child"]),
        birth_month=st.sampled_from([date(1950, 3, 1), date(1985, 3, 1), date(2009, 3, 1), date(2018, 9, 1)]),
        sex=_of("members", "sex"),
        ethnicity=st.sampled_from([None, "01", "02"]),
        education=_or_null(_of("members", "education")),
        chronic_illness=_maybe,
        major_illness=_maybe,
        disability_type=st.sampled_from([None, "visual"]),
        disability_grade=st.sampled_from([None, 1, 4]),
        labour=_or_null(_of("members", "labour")),
        basic_insured=_maybe,
        pension_status=_or_null(_of("members", "pension_status")),
        leave_reason=st.sampled_from([None, None, None, "died"]),
    )


def _incomes() -> st.SearchStrategy[dict[str, Any]]:
    components = [
        "wage_work",
        "op_crop",
        "cost_crop",
        IncomeComponent.TR_SUPPORT.value,
        IncomeComponent.TR_RELIEF.value,
    ]
    return _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        month=st.sampled_from(_MONTHS[12:]),
        component=st.sampled_from(components),
        amount=_yuan,
    )


def _surveys() -> st.SearchStrategy[dict[str, Any]]:
    amounts = ["wage", "wage_public_post", "business", "business_cost", "property", "transfer", "transfer_assistance"]
    amounts += ["transfer_pension", "compliant_self_pay", "net_total", "net_per_capita", "reference_per_capita"]
    return _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        year=st.sampled_from([2024, 2025]),
        stage=_of("income_surveys", "stage"),
        period_end=st.sampled_from([date(2023, 9, 30), date(2024, 9, 30), date(2025, 2, 28)]),
        persons=st.integers(1, 6),
        **dict.fromkeys(amounts, _yuan),
    )


def _employment() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        person_id=st.sampled_from(PERSONS),
        household_id=st.sampled_from(HOUSEHOLDS),
        month=st.sampled_from(_MONTHS[8:]),
        employed=st.booleans(),
        wage=st.one_of(st.none(), _yuan),
        wants_work=_maybe,
        place=_or_null(_of("employment", "place")),
        public_post=_maybe,
        public_post_until=st.sampled_from([None, date(2025, 3, 5), date(2025, 6, 30)]),
    )


def _enrolments() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        person_id=st.sampled_from(PERSONS),
        household_id=st.sampled_from(HOUSEHOLDS),
        term=st.sampled_from([date(2023, 9, 1), date(2024, 3, 1), date(2024, 9, 1), date(2025, 3, 1)]),
        stage=_of("enrolments", "stage"),
        status=_of("enrolments", "status"),
        boarding=_maybe,
        self_pay=st.one_of(st.none(), _yuan),
        student_loan=st.one_of(st.none(), _yuan),
    )


def _dwellings() -> st.SearchStrategy[dict[str, Any]]:
    house = st.fixed_dictionaries(
        {"aspect": st.just("housing"), "house_grade": _of("dwellings", "house_grade"), "occupied": _maybe}
    )
    sources = _or_null(_of("dwellings", "water_source"))
    water = st.fixed_dictionaries({"aspect": st.just("water"), "water_source": sources, "water_safe": _maybe})
    rows = _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        inspected_on=st.sampled_from([date(2023, 1, 15), date(2024, 6, 11), date(2025, 3, 1)]),
    )
    return st.tuples(rows, st.one_of(house, water)).map(lambda parts: parts[0] | parts[1])


def _bills() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        settlement_id=st.sampled_from(["S1", "S2", "S3", "S4", "S5"]),
        person_id=st.sampled_from(PERSONS),
        household_id=st.sampled_from(HOUSEHOLDS),
        service_end=st.sampled_from(_DAYS),
        visit_type=_of("medical_settlements", "visit_type"),
        in_county=_maybe,
        total_cost=_yuan,
        self_pay=_yuan,
        compliant_self_pay=st.one_of(st.none(), _yuan),
    )


def _loans() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        loan_id=st.sampled_from(["L1", "L2"]),
        household_id=st.sampled_from(HOUSEHOLDS),
        month=st.sampled_from(_MONTHS[14:]),
        product=_or_null(_of("loan_statements", "product")),
        balance=_yuan,
        due_on=st.sampled_from([date(2025, 3, 5), date(2025, 6, 1), date(2026, 6, 1)]),
        days_past_due=st.sampled_from([0, 0, 20]),
        status=_of("loan_statements", "status"),
        extended=st.booleans(),
        purpose=_or_null(_of("loan_statements", "purpose")),
    )


def _shocks() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        happened_on=st.sampled_from(_DAYS),
        kind=_of("shocks", "kind"),
        loss=st.one_of(st.none(), _yuan),
        claim_paid=st.one_of(st.none(), _yuan),
        injured=st.sampled_from([None, 0, 1]),
    )


def _assistance() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        month=st.sampled_from(_MONTHS[9:]),
        scheme=_of("social_assistance", "scheme"),
        amount=_yuan,
    )


def _measures() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        measure_id=st.sampled_from(["M1", "M2", "M3"]),
        household_id=st.sampled_from(HOUSEHOLDS),
        measure=_of("measures", "measure"),
        started_on=st.sampled_from(_DAYS),
        ended_on=st.sampled_from([None, date(2025, 3, 4), date(2025, 8, 31)]),
        delivered=st.booleans(),
    )


def _checks() -> st.SearchStrategy[dict[str, Any]]:
    answers = dict.fromkeys(("house_ok", "school_ok", "water_ok", "insured_ok"), _maybe)
    return _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        checked_on=st.sampled_from(_DAYS),
        stage=_of("guarantee_checks", "stage"),
        **answers,
    )


def _visits() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        visited_on=st.sampled_from(_DAYS),
        visitor_id=st.sampled_from(["A1", "A2"]),
        finding=_of("visits", "finding"),
    )


def _episodes() -> st.SearchStrategy[dict[str, Any]]:
    return _rows(
        household_id=st.sampled_from(HOUSEHOLDS),
        category=_of("monitoring_episodes", "category"),
        identified_month=st.sampled_from([date(2023, 1, 1), date(2024, 5, 1), date(2025, 2, 1)]),
        eliminated_month=st.sampled_from([None, date(2025, 3, 1)]),
        elimination_mode=_or_null(_of("monitoring_episodes", "elimination_mode")),
        cause_1=_of("monitoring_episodes", "cause_1"),
        cause_2=_or_null(_of("monitoring_episodes", "cause_2")),
    )
