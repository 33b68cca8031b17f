from __future__ import annotations

from datetime import date

import pytest

from riskmodel.errors import UsageError
from riskmodel.scoring.corrections import EXAMPLE, Correction, corrected, parsed
from riskmodel.scoring.household_rows import HouseholdRows
from riskmodel.tables import View
from scenario import COUNTY, VILLAGE, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)


@pytest.fixture(scope="module")
def rows() -> HouseholdRows:
    frames = {
        "villages": rows_of("villages", {"village_code": VILLAGE}),
        "households": rows_of(
            "households", {"household_id": "H1"}, {"household_id": "H1", "valid_from": date(2024, 1, 1), "size": 2}
        ),
        "members": rows_of("members", {"person_id": "P1"}, {"person_id": "P2", "basic_insured": False}),
        "income_surveys": rows_of(
            "income_surveys",
            *(
                {"period_end": date(y, 9, 30), "wage": 6000, "net_total": 6000, "net_per_capita": 6000}
                for y in (2023, 2024)
            ),
        ),
        "loan_statements": rows_of(
            "loan_statements", {"loan_id": "L1", "month": date(2025, 1, 1), "balance": 50, "due_on": date(2025, 9, 1)}
        ),
    }
    return HouseholdRows.of(View.of(frames, AS_OF, COUNTY), full_id("H1"))


def refusal(rows: HouseholdRows, text: str) -> str:
    with pytest.raises(UsageError) as refused:
        corrected(rows, parsed(text))
    return str(refused.value)


def test_a_correction_is_read_from_its_text() -> None:
    key = {"year": "2025", "stage": "annual"}
    assert parsed(EXAMPLE) == Correction("income_surveys", key, "net_total", "36000")
    assert parsed("households.size=3") == Correction("households", {}, "size", "3")
    assert parsed("members[person_id=P1].labour=") == Correction("members", {"person_id": "P1"}, "labour", "")


@pytest.mark.parametrize(
    "text", ["", "income_surveys", "income_surveys[2025].wage=1", "a.b", "income_surveys[year=1.wage=2"]
)
def test_another_form_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"is no correction.*income_surveys\[year=2025"):
        parsed(text)


@pytest.mark.parametrize(
    ("text", "column", "before", "after"),
    [
        ("income_surveys[year=2024].net_total=1,234.56", "net_total", 6000, 1234.56),
        ("income_surveys[year=2024,stage=年度].net_total=-12", "net_total", 6000, -12),
        ("members[person_id=P2].basic_insured=是", "basic_insured", False, True),
        ("members[person_id=P2].labour=技能劳动力", "labour", None, "skilled"),
        ("members[person_id=P2].basic_insured=", "basic_insured", False, None),
        ("loan_statements.due_on=2026/9/1", "due_on", date(2025, 9, 1), date(2026, 9, 1)),
        ("households.size=4", "size", 2, 4),
    ],
)
def test_a_value_is_read_as_in_a_file_and_put_into_its_row(
    rows: HouseholdRows, text: str, column: str, before: object, after: object
) -> None:
    for person in ("P1", "P2"):
        text = text.replace(f"person_id={person}]", f"person_id={full_id(person)}]")
    made, _ = corrected(rows, parsed(text))
    (change,) = made.changes_since(rows)
    assert (change.column, change.before, change.after) == (column, before, after)


def test_what_the_row_now_contradicts_is_said(rows: HouseholdRows) -> None:
    made, odd = corrected(rows, parsed("income_surveys[year=2024].net_total=9000"))
    assert [reason.split(" should")[0] for reason in odd] == ["net_total", "net_per_capita"]
    made, odd = corrected(made, parsed("income_surveys[year=2024].net_per_capita=9000"))
    assert odd == []
    assert len(made.changes_since(rows)) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "income_surveys[year=2024].wage=many",
            "income_surveys.wage (工资性收入): 'many' is refused: cannot be read as an amount",
        ),
        ("income_surveys[year=2024].wage=-1", "'-1' is refused: outside the allowed range"),
        ("income_surveys[year=2024].wage=", "'' is refused: must be present"),
        ("income_surveys[year=2024].persons=31", "'31' is refused: outside the allowed range"),
        ("loan_statements.status=lost", "Allowed: normal 正常, attention 关注"),
        ("households.category=贫困户", "'贫困户' is refused: not in the list of codes"),
        ("loan_statements.status=结清", "settled means balance 0"),
        ("households.village_code=990101001099", "not a village of this county"),
        ("income_surveys[year=2024].year=2025", "says which row it is or when it became known"),
        ("income_surveys[year=2024].known_at=2024-01-01", "says which row it is or when it became known"),
        ("income_surveys[year=2024].wages=1", "has no column 'wages'. Did you mean wage"),
        ("income_surveys[yaer=2024].wage=1", "has no column 'yaer'. Did you mean year"),
        ("incomes_surveys[year=2024].wage=1", "Did you mean income_surveys"),
        ("villages.key_county=是", "no table 'villages' with rows of a household"),
        (
            "income_surveys[stage=annual].wage=1",
            "names 2 rows of the household, not one. There are: [year=2023,stage=annual]",
        ),
        (
            "income_surveys[year=2020].wage=1",
            "names 0 rows of the household, not one. There are: [year=2023,stage=annual]",
        ),
        ("visits.finding=risk", "There are: none."),
    ],
)
def test_what_cannot_be_is_refused_with_column_value_and_what_is_allowed(
    rows: HouseholdRows, text: str, said: str
) -> None:
    assert said in refusal(rows, text)
