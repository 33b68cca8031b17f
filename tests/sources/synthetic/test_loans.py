from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.loans import borrowed
from riskmodel.sources.synthetic.state import Loans, State
from riskmodel.sources.synthetic.vocabulary import LOAN, PRODUCT
from sources.synthetic.simulated_county import LAST, NUMBERS, county, fresh, with_homes

NONE_NEW = NUMBERS.changed(loans__small=0.0, loans__other=0.0, loans__small_if_helped=0.0)


def owing(buffer: float, due: int = 24240) -> State:
    """A small loan of 30,000 yuan for each of 300 households, due in a month."""
    state = with_homes(fresh(300), buffer=buffer)
    n = np.zeros(300)
    loans = Loans(
        home=np.arange(300, dtype=np.int32), product=(n + PRODUCT["small_loan"]).astype(np.int8), purpose=n, started=n,
        due=(n + due).astype(np.int32), day=n + 5, principal=n + 30_000, balance=n + 30_000, late=n.astype(np.int8),
        status=n.astype(np.int8), closed=(n - 1).astype(np.int32), renewed=n > 0, extended=n > 0,
    )  # fmt: skip
    return type(state)(**{**vars(state), "loans": loans})


def test_small_loans_are_small_and_short_and_go_to_those_entitled() -> None:
    state = county()
    small = state.loans.take(state.loans.product == PRODUCT["small_loan"])
    assert len(small) > 20
    assert small.principal.max() <= 50_000
    assert (small.due - small.started).max() <= 36 + 12
    assert state.homes.ex_poor[small.home].mean() > 0.7


def test_who_has_money_pays_and_who_has_none_is_renewed_extended_or_overdue() -> None:
    rich, poor = (borrowed(owing(b), 24240, np.random.default_rng(1), NONE_NEW) for b in (9e5, -1e4))
    assert (rich.loans.status[:300] == LOAN["settled"]).all()
    assert {LOAN["settled"], LOAN["overdue"], LOAN["normal"]} == set(poor.loans.status[:300].tolist())
    assert poor.loans.extended.any()
    assert poor.loans.renewed[300:].all()
    paid = (rich.loans.closed[:300] == 24240) & ~np.isin(np.arange(300), rich.loans.home[300:])
    assert np.allclose(rich.homes.buffer[paid], 9e5 - 30_000)


def test_a_loan_that_stays_overdue_is_taken_over_in_the_end() -> None:
    state = owing(-1e5)
    for ahead in range(30):  # renewed and extended loans fall due again
        state = borrowed(with_homes(state, buffer=-1e5), 24240 + ahead, np.random.default_rng(ahead), NONE_NEW)
        assert state.loans.late.max() <= 12
    assert (state.loans.status == LOAN["compensated"]).any()


def test_books_are_in_order() -> None:
    loans = county().loans
    closed = loans.closed >= 0
    assert (loans.balance[closed] == 0).all()
    assert (loans.balance[~closed] > 0).all()
    assert (loans.due[~closed & (loans.late == 0)] > LAST - 1).all()
    assert ((loans.late > 0) == (loans.status == LOAN["overdue"])).all()
