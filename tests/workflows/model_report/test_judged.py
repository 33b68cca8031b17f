from __future__ import annotations

from dataclasses import replace

import pytest

from riskmodel.rendering.document import Measured, Paragraph, Table, Tiles
from riskmodel.rendering.messages import Words
from riskmodel.training.fit import KINDS
from riskmodel.workflows.model_report.judged import gate, standings, summary, verdict
from riskmodel.workflows.model_report.material import Material
from riskmodel.workflows.model_report.wording import TELL, kind_title, percent
from tested_county import HOSTILE, Backtested


def test_every_check_of_the_gate_stands_in_a_table_with_what_was_found(tested: Backtested) -> None:
    kept = verdict(tested.result)
    tables = [block for block in gate(tested.material.tests, tested.material.kind) if isinstance(block, Table)]
    first = tables[: len(tables) // 2]
    cells = [cell for table in first for row in table.rows for cell in row[1:] if isinstance(cell, Measured)]
    assert len(cells) == len(kept.checks)
    said = [cell.value for cell in cells]
    assert said.count(TELL("gate.failed")) == sum(not check.passed for check in kept.checks) > 0
    assert said.count(TELL("gate.passed")) == sum(check.passed for check in kept.checks) > 0


def test_how_steady_the_reasons_are_stands_with_the_gate(tested: Backtested) -> None:
    measured = {one.kind: one for one in verdict(tested.result).stability}
    assert set(measured) == set(KINDS)
    for kind, own in measured.items():
        told, others, *_ = _notes(replace(tested.material, kind=kind))
        assert kind_title(kind).en in told.en
        assert f"{own.changed:.1%}" in told.en
        assert f"{own.households:,}户" in told.zh
        assert all(f"{kind_title(k).en} {one.changed:.1%}" in others.en for k, one in measured.items() if k != kind)
        assert kind_title(kind).en not in others.en


def test_a_result_that_measured_one_other_kind_lends_its_steadiness_to_no_model(tested: Backtested) -> None:
    (naive,) = [one for one in tested.result["gate"]["stability"] if one["kind"] == "naive"]
    older = tested.result | {"gate": tested.result["gate"] | {"stability": naive}}
    told, others = _notes(replace(tested.material, kind="lightgbm", tests=[older]))
    assert "not measured" in told.en
    assert kind_title("naive").en in others.en


def _notes(found: Material) -> list[Words]:
    return [
        block.text for block in gate(found.tests, found.kind) if isinstance(block, Paragraph) and block.tone == "note"
    ]


def test_a_model_that_failed_is_said_to_have_failed_and_who_overrode_it(tested: Backtested) -> None:
    first, second, overridden = standings(tested.material)
    for block in (first, second):
        assert isinstance(block, Paragraph)
        assert (block.tone, "未通过检验" in block.text.zh) == ("bad", True)
    assert isinstance(overridden, Paragraph)
    assert HOSTILE in overridden.text.en


@pytest.mark.parametrize(
    ("kind", "chosen", "says"),
    [
        ("naive", "naive", "No model passed"),
        ("rules", "naive", "The gate does not ask"),
        ("logistic", "naive", "Not passed"),
    ],
)
def test_other_kinds_are_told_what_they_are(tested: Backtested, kind: str, chosen: str, says: str) -> None:
    assert tested.result["gate"]["chosen"] == chosen
    told = standings(replace(tested.material, kind=kind))[0]
    assert isinstance(told, Paragraph)
    assert says in told.text.en


def test_a_model_that_passed_is_said_to_have_passed(tested: Backtested) -> None:
    checks = [check | {"passed": True} for check in tested.result["gate"]["checks"]]
    passed = tested.result | {"gate": tested.result["gate"] | {"chosen": "lightgbm", "checks": checks}}
    told = standings(replace(tested.material, tests=[passed]))[0]
    assert isinstance(told, Paragraph)
    assert (told.tone, "may be used" in told.text.en) == ("good", True)


def test_the_first_page_has_the_recall_of_the_list_and_of_the_wires(tested: Backtested) -> None:
    tiles = [block for block in summary(tested.material) if isinstance(block, Tiles)]
    assert len(tiles) == 4
    for scheme, shown in zip(("space_time", "time"), tiles, strict=False):
        found = tested.result["pooled"][scheme]["intervals"]
        values = [str(value) for value, _, _ in shown.items]
        assert values[0] == percent(found["lightgbm"]["recall_at_capacity"]["value"])
        assert values[1] == percent(found["rules"]["recall_at_capacity"]["value"])
        assert values[2] == f"{100 * found['lightgbm']['precision_at_capacity']['value']:.1f}"


def test_the_strictest_test_stands_first_on_the_first_page(tested: Backtested) -> None:
    heads = [b.text.en for b in summary(tested.material) if isinstance(b, Paragraph) and b.tone == "heading"]
    assert ["strictest" in head for head in heads] == [True, False, True, False]


def test_what_it_must_not_be_used_for_ends_the_first_page(tested: Backtested) -> None:
    last = summary(tested.material)[-1]
    assert isinstance(last, Paragraph)
    assert (last.text, last.tone) == (TELL("summary.forbidden"), "bad")
