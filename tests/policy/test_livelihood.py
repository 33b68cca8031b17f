from __future__ import annotations

from riskmodel.policy import HouseGrade, IncomeBlock, IncomeComponent


def test_the_block_of_a_component_is_its_prefix() -> None:
    assert IncomeComponent.COST_CROP.block is IncomeBlock.COST
    assert all(component.startswith(component.block + "_") for component in IncomeComponent)


def test_every_block_has_components() -> None:
    assert {component.block for component in IncomeComponent} == set(IncomeBlock)


def test_every_cost_stands_against_the_takings_of_the_same_business() -> None:
    branches = {
        block: {c.removeprefix(block + "_") for c in IncomeComponent if c.block is block}
        for block in (IncomeBlock.OP, IncomeBlock.COST)
    }
    assert branches[IncomeBlock.COST] == branches[IncomeBlock.OP]


def test_grades_of_houses_stand_from_best_to_worst() -> None:
    assert "".join(HouseGrade.codes()) == "ABCD"
