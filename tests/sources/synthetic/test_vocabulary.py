from __future__ import annotations

import pytest

from riskmodel.policy import Cause, Labour, Scheme, Term
from riskmodel.sources.synthetic.vocabulary import CAUSE, LABOUR, SCHEME, positions


@pytest.mark.parametrize(("words", "found"), [(Cause, CAUSE), (Labour, LABOUR), (Scheme, SCHEME)])
def test_a_position_leads_back_to_its_code(words: type[Term], found: dict[str, int]) -> None:
    assert [list(words.codes())[number] for number in found.values()] == list(found)
    assert positions(words) == found


def test_labour_that_can_work_comes_first() -> None:
    assert [code for code, number in LABOUR.items() if number <= LABOUR["weak"]] == [w for w in Labour if w.able]
