from __future__ import annotations

import re

import polars as pl
import pytest

from check_cases import AS_OF, policy, view
from check_stories import of
from riskmodel.policy import KINDS
from riskmodel.tables import TABLES, View
from riskmodel.tables.quality import Check, Severity, Use, declared
from riskmodel.tables.quality.declaration import Find, check
from riskmodel.tables.quality.reading import Reading

RULE_PACK = """
1_02_006 W R | 1_02_008 W R | 1_02_009 W R | 1_11_002 E D | 1_11_009 E D | 2_11_001 E D | 2_11_002 E C | 2_11_006 E D
4_11_006 E D | 4_11_010 E C | 4_11_013 E D | 4_11_014 W D | 5_11_029 E D | 5_11_032 E C | 5_12_007 E C | 5_15_012 E D
5_15_016 E R | 5_15_017 E R | 5_15_019 W D | 5_15_020 E D | 5_15_023 W D | 5_18_006 E C
X_01 E C | X_02 E C | X_03 E C | X_04 W R | X_05 E D
"""


def test_the_27_checks_of_the_rule_pack_are_declared_in_their_order() -> None:
    expected = re.findall(r"(\w+) ([EW]) ([DCR])", RULE_PACK)
    assert [(c.code, c.severity.value, c.use.value) for c in declared()] == expected
    assert len(expected) == 27


@pytest.mark.parametrize("declaration", declared(), ids=lambda c: c.code)
def test_a_declaration_says_everything_in_both_languages(declaration: Check) -> None:
    chinese = [declaration.title, declaration.rule, declaration.detail, declaration.severity.zh, declaration.use.zh]
    assert [text for text in chinese if not re.search("[一-鿿]", text)] == []
    assert (declaration.english + declaration.english_detail).isascii()
    assert set(declaration.tables) <= set(TABLES)
    assert set(declaration.policy) <= set(KINDS)


@pytest.mark.parametrize("declaration", declared(), ids=lambda c: c.code)
def test_a_check_reads_the_tables_and_policy_numbers_that_it_declares(declaration: Check) -> None:
    (told, *_) = (case.told for case in of(declaration.code) if case.fires)
    known = _Noted.on(view(told))
    numbers = policy()
    declaration.find(Reading(known, numbers)).collect()
    placing = {"households", "villages"}
    assert set(known.asked) - placing == set(declaration.tables) - placing
    assert {entry.kind for entry in numbers.used} == set(declaration.policy)


def test_a_code_is_declared_once() -> None:
    def find(_: Reading) -> pl.LazyFrame:
        """Nobody."""
        return pl.LazyFrame()

    with pytest.raises(ValueError, match="X_01: declared twice"):
        _declare("X_01", find)


def test_a_check_without_a_reading_is_refused() -> None:
    def find(_: Reading) -> pl.LazyFrame:
        return pl.LazyFrame()

    with pytest.raises(ValueError, match="X_99: has no docstring"):
        _declare("X_99", find)


def test_every_severity_and_use_is_in_use() -> None:
    assert {c.severity for c in declared()} == set(Severity)
    assert {c.use for c in declared()} == set(Use)


def test_checks_of_unknown_number_say_so() -> None:
    assert [c.code for c in declared() if "number unknown" in c.source] == ["X_01", "X_02", "X_03", "X_04", "X_05"]


class _Noted(View):
    """A view that notes which tables are asked for."""

    asked: list[str]

    @classmethod
    def on(cls, known: View) -> _Noted:
        noted = cls(known.county, AS_OF, known.ids, known.stored)
        object.__setattr__(noted, "asked", [])
        return noted

    def table(self, name: str) -> pl.LazyFrame:
        self.asked.append(name)
        return super().table(name)


def _declare(code: str, find: Find) -> None:
    check(code, "题", "title", severity=Severity.ERROR, use=Use.DATA, tables=(), rule="口径", detail=("细", "d"))(find)
