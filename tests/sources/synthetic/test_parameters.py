from __future__ import annotations

import re
from pathlib import Path

import pytest

import riskmodel.sources.synthetic
from riskmodel.errors import UsageError
from riskmodel.sources.synthetic.months import HISTORY_START
from riskmodel.sources.synthetic.parameters import ASSUMPTION, Parameters

NUMBERS = Parameters.shipped()
CODE = "".join(p.read_text("utf-8") for p in Path(riskmodel.sources.synthetic.__path__[0]).rglob("*.py"))


def test_every_number_says_what_it_means_and_where_it_comes_from() -> None:
    assert len(NUMBERS.entries) > 100
    assert [e.name for e in NUMBERS.entries.values() if not (e.unit and e.meaning and e.source)] == []


def test_a_source_is_an_assumption_or_names_something() -> None:
    named = re.compile(r"\d{4}|domain\.md|founding document|" + ASSUMPTION + "|invented|tripwire|rules|bulletins")
    assert [e.name for e in NUMBERS.entries.values() if not named.search(e.source)] == []


def test_every_number_is_used() -> None:
    made_of = {name: name.rpartition(".")[0] + ".{" for name in NUMBERS.entries}
    unused = [name for name, stem in made_of.items() if f'"{name}"' not in CODE and f'"{stem}' not in CODE]
    assert unused == []


def test_shares_of_one_whole_add_up() -> None:
    for name in ("homes.exit_years", "visits.decided_after"):
        assert NUMBERS.row(name).sum() == pytest.approx(1), name
    assert NUMBERS.row("farming.sales").reshape(4, 12).sum(axis=1) == pytest.approx([1, 1, 1, 1], abs=0.03)


def test_other_numbers_can_be_tried() -> None:
    other = NUMBERS.changed(work__loss=0.5)
    assert (other["work.loss"], NUMBERS["work.loss"] < 0.1) == (0.5, True)


@pytest.mark.parametrize("ask", [lambda: NUMBERS["no.such"], lambda: NUMBERS["farming.sales"]])
def test_an_unknown_name_or_a_row_taken_for_a_number_is_an_error(ask) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UsageError):
        ask()


def test_prices_grow_from_january_2020() -> None:
    assert NUMBERS.growth(HISTORY_START) == 1
    assert NUMBERS.growth(HISTORY_START + 12) == pytest.approx(1 + NUMBERS["money.growth"])
