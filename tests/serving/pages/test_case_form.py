from __future__ import annotations

from dataclasses import replace

import pytest

from ledger_cases import CASE, HOUSEHOLD
from riskmodel.errors import UsageError
from riskmodel.policy import LedgerState
from riskmodel.review.ledger_rules import LedgerEntry
from riskmodel.serving.pages.case_form import asked_change, form_of, new_case, new_form, typed, wish_of
from riskmodel.serving.pages.form import Form


def sent(entry: LedgerEntry, **others: str) -> Form:
    """The form of an entry as it stands, with other fields."""
    shown = form_of(entry)
    texts = {name: [text] for name, text in (dict(shown.fields) | others).items()}
    return Form(texts | {"measure": list(shown.measures)}, {})


def test_a_form_that_is_sent_back_as_it_was_asks_for_no_change() -> None:
    wish = wish_of(sent(CASE))
    assert replace(CASE, **wish) == CASE
    assert new_case(sent(CASE), HOUSEHOLD) == replace(CASE, village_code="")


def test_a_button_asks_for_the_next_state() -> None:
    assert asked_change(sent(CASE, act="doing"), LedgerState.OPEN)["state"] is LedgerState.DOING
    assert asked_change(sent(CASE, act="closed"), LedgerState.TO_VERIFY) == {"state": LedgerState.CLOSED}
    again = asked_change(sent(CASE, act="reopened"), LedgerState.CLOSED)
    assert again == {"state": LedgerState.REOPENED, "deadline": CASE.deadline}
    with pytest.raises(UsageError, match="办理状态"):
        asked_change(sent(CASE, act="nonsense"), LedgerState.OPEN)


def test_what_was_typed_stands_there_again_and_a_new_request_has_a_new_token() -> None:
    form = sent(CASE, token="t", reason="调离")
    assert (typed(form).token, typed(form).reason, typed(form).measures) == ("t", "调离", form_of(CASE).measures)
    assert typed(form, again=True).token != "t"
    assert set(new_form().fields) == set(form_of(CASE).fields)
