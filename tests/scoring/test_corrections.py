from __future__ import annotations

from datetime import date

import pytest

from riskmodel.errors import UsageError
from riskmodel.scoring.corrections import Put, corrected
from riskmodel.scoring.household_rows import HouseholdRows
from riskmodel.scoring.placed_correction import parsed
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


def put(rows: HouseholdRows, *texts: str) -> tuple[HouseholdRows, list[Put]]:
    return corrected(rows, [parsed(text) for text in texts])


def refusal(rows: HouseholdRows, text: str) -> str:
    with pytest.raises(UsageError) as refused:
        corrected(rows, [parsed(text)])
    return str(refused.value)


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
    made, _ = corrected(rows, [parsed(text)])
    change = made.changes_since(rows)[0]
    assert (change.column, change.before, change.after) == (column, before, after)


def test_a_value_that_stands_already_changes_nothing_and_is_told_as_it_is(rows: HouseholdRows) -> None:
    made, puts = put(rows, "income_surveys[year=2024].wage=6,000", "households.size=2")
    assert made.changes_since(rows) == []
    assert [(p.change.column, p.change.before, p.change.after) for p in puts] == [("wage", 6000, 6000), ("size", 2, 2)]
    assert [(p.follows, p.odd) for p in puts] == [([], [])] * 2


def test_what_follows_from_a_part_is_moved_along_in_its_row(rows: HouseholdRows) -> None:
    made, (only,) = put(rows, "income_surveys[year=2024].wage=9000")
    assert [(c.column, c.before, c.after) for c in only.follows] == [
        ("net_total", 6000, 9000),
        ("net_per_capita", 6000, 9000),
    ]
    assert only.odd == []
    told = {(c.key["year"], c.column) for c in made.changes_since(rows)}
    assert told == {(2024, name) for name in ("wage", "net_total", "net_per_capita")}  # no reference: it is not known


def test_a_value_that_is_given_stands_and_the_others_follow_from_it(rows: HouseholdRows) -> None:
    _, (only,) = put(rows, "income_surveys[year=2024].net_total=9000")
    assert [(c.column, c.after) for c in only.follows] == [("net_per_capita", 9000)]
    assert [reason.split(" should")[0] for reason in only.odd] == ["net_total"]
    made, (wage, total) = put(rows, "income_surveys[year=2024].wage=9000", "income_surveys[year=2024].net_total=7000")
    assert (wage.follows, wage.odd) == ([], [])
    assert [(c.column, c.after) for c in total.follows] == [("net_per_capita", 7000)]
    assert len(total.odd) == 1
    assert made.rows("income_surveys").filter(year=2024)["net_total"].to_list() == [700000]


def test_notes_are_made_after_all_corrections_whatever_their_order(rows: HouseholdRows) -> None:
    texts = ["income_surveys[year=2024].net_total=9000", "income_surveys[year=2024].wage=9000"]
    for order in (texts, texts[::-1]):
        made, puts = put(rows, *order)
        assert [p.odd for p in puts] == [[], []]
        survey = made.rows("income_surveys").filter(year=2024)
        assert survey.select("wage", "net_total", "net_per_capita").row(0) == (900000, 900000, 900000)


def test_values_that_are_allowed_together_only_are_given_together(rows: HouseholdRows) -> None:
    assert "settled means balance 0" in refusal(rows, "loan_statements.status=结清")
    made, puts = put(rows, "loan_statements.status=结清", "loan_statements.balance=0")
    assert len(made.changes_since(rows)) == len(puts) == 2


def test_a_cell_given_twice_is_refused(rows: HouseholdRows) -> None:
    with pytest.raises(UsageError, match=r"given twice.* / .*给了两次"):
        put(rows, "households.size=3", "households.size=4")


def test_every_refusal_is_in_english_and_chinese(rows: HouseholdRows) -> None:
    for text in (
        *("income_surveys[year=2024].wage=many", "loan_statements.status=lost", "loan_statements.status=结清"),
        *("households.village_code=990101001099", "income_surveys[year=2024].year=2025", "incomes_surveys.wage=1"),
        *("income_surveys[year=2024].wages=1", "income_surveys[yaer=2024].wage=1", "visits.finding=risk"),
    ):
        english, _, chinese = refusal(rows, text).rpartition(" / ")
        assert english
        assert chinese.endswith(("。", "？"))


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
