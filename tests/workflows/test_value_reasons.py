from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from riskmodel.features import assemble_view
from riskmodel.features.lists import lists_of
from riskmodel.features.reading import reading
from riskmodel.tables import View
from riskmodel.workflows.features import feature_named
from riskmodel.workflows.value_reasons import FullList, absences, lists_behind
from scenario import COUNTY, full_list, policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
LISTS = [
    full_list("social_assistance", date(2024, 3, 1), date(2025, 2, 28)),
    full_list("medical_settlements", date(2024, 12, 1), date(2025, 2, 28)),
]


def view(**tables: list[dict[str, Any]]) -> View:
    rows = {name: rows_of(name, *given) for name, given in {"households": [{"household_id": "H1"}], **tables}.items()}
    return replace(View.of(rows, AS_OF, COUNTY), records=LISTS)


def lists_behind_in(place: View, *names: str) -> dict[str, list[FullList]]:
    household = full_id("H1")
    made = assemble_view(place, policy_of(), [household]).rows.row(0, named=True)
    read = {name: reading(feature_named(name), AS_OF, lists_of(place).months) for name in names}
    return lists_behind(place, policy_of(), household, made, read)


def test_a_zero_names_the_full_lists_that_say_it_with_the_months_that_count() -> None:
    found = lists_behind_in(view(), "on_dibao", "dibao_months_12m", "disasters_12m", "household_size")
    year = [f"2024-{month:02d}" for month in range(3, 13)] + ["2025-01", "2025-02"]
    assert found == {
        "on_dibao": [FullList("social_assistance", "civil", ["2025-02"])],
        "dibao_months_12m": [FullList("social_assistance", "civil", year)],
    }


def test_a_zero_that_the_rows_themselves_say_names_no_list() -> None:
    other = {"scheme": "temporary", "month": date(2025, 2, 1), "known_at": date(2025, 3, 1)}
    assert lists_behind_in(view(social_assistance=[other]), "on_dibao", "temporary_aid_12m") == {}


def test_every_missing_feature_has_a_reason_and_no_other() -> None:
    house = {"inspected_on": date(2024, 6, 1), "house_area": 80.0, "water_safe": None, "aspect": "housing"}
    made = assemble_view(view(dwellings=[house]), policy_of(), [full_id("H1")])
    found, values = absences(made), made.rows.row(0, named=True)
    assert found.keys() == {f.name for f in made.features if values[f.name] is None}
    assert (found["loans_to_line"], found["house_grade"]) == ("no_record", "not_known")
