"""Small loans and others: taken, due, paid, renewed, extended, overdue."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Numbers, at
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import Homes, Loans, State
from riskmodel.sources.synthetic.vocabulary import LOAN, MEASURE, PRODUCT, PURPOSE


def borrowed(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Loans at the end of a month; what was paid back is gone from the savings."""
    state = _due(state, month, rng, parameters)
    state = _arrears(state, month, rng)
    return _taken(state, month, rng, parameters)


def _due(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """Loans that fall due: paid if there is money, else renewed, extended or overdue."""
    loans, homes = state.loans, state.homes
    due = (loans.closed == NOBODY) & (loans.due == month) & (loans.late == 0)
    rich = homes.buffer[loans.home] > loans.balance * 1.05
    choice = rng.random(len(loans))
    small = loans.product == PRODUCT["small_loan"]
    gone = ~homes.active[loans.home]
    renews = due & ~gone & ~loans.renewed & small & (choice < np.where(rich, *parameters.row("loans.renewed")))
    pays = due & ~renews & (rich | gone)
    extends = due & ~renews & ~pays & ~loans.extended & (choice > 1 - parameters["loans.extended"])
    fails = due & ~renews & ~pays & ~extends
    closed = pays | renews
    loans = loans.but(
        balance=np.where(closed, 0, loans.balance),
        status=np.where(closed, LOAN["settled"], np.where(fails, LOAN["overdue"], loans.status)),
        closed=np.where(closed, month, loans.closed),
        due=np.where(extends, loans.due + 12, loans.due),
        extended=loans.extended | extends,
        late=np.where(fails, 1, loans.late),
    )
    buffer = homes.buffer - at(len(homes), loans.home[pays], state.loans.balance[pays])
    new = _renewals(state.loans.take(renews), month)
    return replace(state, loans=loans.join(new), homes=homes.but(buffer=buffer))


def _renewals(old: Loans, month: int) -> Loans:
    """无还本续贷: a new contract pays the old one."""
    n = len(old)
    return old.but(
        started=np.full(n, month),
        due=month + np.where(old.principal > 30000, 24, 12),
        renewed=np.ones(n, dtype=bool),
        extended=np.zeros(n, dtype=bool),
        late=np.zeros(n),
        status=np.full(n, LOAN["normal"]),
    )


def _arrears(state: State, month: int, rng: np.random.Generator) -> State:
    """Overdue loans are paid once there is money; after a year the guarantee fund pays or they are written off."""
    loans, homes = state.loans, state.homes
    late = (loans.closed == NOBODY) & (loans.late > 0) & (loans.due < month)
    chance = rng.random(len(loans))
    able = homes.buffer[loans.home] > loans.balance
    pays = late & ((able & (chance < 0.6)) | (chance < 0.04))
    ends = late & ~pays & (loans.late >= 12)
    worry = (loans.closed == NOBODY) & (loans.late == 0) & homes.hard[loans.home] & (loans.due - month <= 6)
    status = np.where(pays, LOAN["settled"], loans.status)
    status = np.where(ends, np.where(chance < 0.9, LOAN["compensated"], LOAN["written_off"]), status)
    open_ = (loans.closed == NOBODY) & ~pays & ~ends & (loans.late == 0)
    status = np.where(open_, np.where(worry, LOAN["attention"], LOAN["normal"]), status)
    paid = at(len(homes), loans.home[pays], loans.balance[pays])
    loans = loans.but(
        balance=np.where(pays | ends, 0, loans.balance),
        status=status,
        closed=np.where(pays | ends, month, loans.closed),
        late=np.where(late & ~pays & ~ends, loans.late + 1, np.where(pays | ends, 0, loans.late)),
    )
    return replace(state, loans=loans, homes=homes.but(buffer=homes.buffer - paid))


def _taken(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> State:
    """New loans. A small loan goes into animals or fields, others into trade, a house or a wedding."""
    homes, n = state.homes, len(state.homes)
    owes = at(n, state.loans.home, state.loans.closed == NOBODY) > 0
    helped = ((homes.help >> MEASURE["finance"]) & 1) == 1
    chance = rng.random(n)
    produces = homes.crop + homes.stock + homes.fruit + homes.trade > 2000
    favoured = homes.active & produces & ~owes & (homes.ex_poor | homes.open) & _has_borrower(state, month)
    rate = np.where(helped, parameters["loans.small_if_helped"], parameters["loans.small"] / 12)
    small = favoured & (chance < rate)
    other = homes.active & ~owes & ~small & (chance > 1 - parameters["loans.other"] / 12)
    who = np.flatnonzero(small | other)
    is_small = small[who]
    cap = np.minimum(rng.integers(1, 11, len(who)) * 10000, np.where(is_small, parameters["loans.cap"], 200000))
    purpose = np.where(is_small, _branch(homes, who), rng.choice([4, 6], len(who), p=[0.35, 0.65]))
    term = np.where(
        is_small, rng.choice([12, 24, 36], len(who), p=[0.25, 0.25, 0.5]), rng.integers(1, 6, len(who)) * 12
    )
    new = Loans(
        home=who, product=np.where(is_small, PRODUCT["small_loan"], PRODUCT["other"]), purpose=purpose,
        started=np.full(len(who), month), due=month + term, day=rng.integers(1, 29, len(who)), principal=cap,
        balance=cap, late=np.zeros(len(who)), status=np.full(len(who), LOAN["normal"]),
        closed=np.full(len(who), NOBODY), renewed=np.zeros(len(who), dtype=bool),
        extended=np.zeros(len(who), dtype=bool),
    )  # fmt: skip
    return replace(state, loans=state.loans.join(new), homes=_invested(homes, who, new, parameters))


def _invested(homes: Homes, who: Numbers, new: Loans, parameters: Parameters) -> Homes:
    """What production loans add to the yearly takings; the rest of the money is spent or kept."""
    stock, crop, buffer = homes.stock.copy(), homes.crop.copy(), homes.buffer.copy()
    gain = (new.principal * parameters["loans.gain"]).astype(np.float32)
    on_stock, on_crop = new.purpose == PURPOSE["livestock"], new.purpose == PURPOSE["crop"]
    stock[who[on_stock]] += gain[on_stock]
    crop[who[on_crop]] += gain[on_crop]
    buffer[who] += (new.principal * parameters["loans.kept"]).astype(np.float32)
    return homes.but(stock=stock, crop=crop, buffer=buffer)


def _branch(homes: Homes, who: Numbers) -> Numbers:
    sizes = np.stack([homes.crop[who], homes.stock[who], homes.fruit[who]])
    found: Numbers = np.array([PURPOSE["crop"], PURPOSE["livestock"], PURPOSE["forest"]])[sizes.argmax(axis=0)]
    return found


def _has_borrower(state: State, month: int) -> Flags:
    people = state.people
    years = (month - people.birth) / 12
    found: Flags = state.by_home(state.present & (years >= 18) & (years <= 64) & (people.labour <= 2)) > 0
    return found
