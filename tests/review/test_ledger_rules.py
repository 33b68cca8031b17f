from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger_cases import ANN, BOB, CAI, CASE, TODAY
from riskmodel.policy import LedgerState, Measure, Track
from riskmodel.review.ledger_rules import NEXT, Actor, LedgerEntry, RuleBroken, changed, new_entry

STATES = {state.value: state for state in LedgerState}
DONE = {"state": LedgerState.TO_VERIFY, "evidence": "已申请医疗救助"}


def moved(entry: LedgerEntry, *steps: tuple[dict[str, Any], str, Actor]) -> LedgerEntry:
    for wish, reason, actor in steps:
        entry = changed(entry, wish, reason, actor, TODAY)
    return entry


SENT = moved(CASE, (DONE, "", ANN))
CLOSED = moved(SENT, ({"state": LedgerState.CLOSED}, "已到户核实", BOB))

PEOPLE = st.sampled_from([ANN, BOB, CAI, replace(BOB, may_close=False)])
WISHES = st.fixed_dictionaries(
    {},
    optional={
        "state": st.sampled_from(LedgerState),
        "evidence": st.sampled_from(["", "已办"]),
        "responsible_id": st.sampled_from(["K017", "k018", "c3"]),
        "responsible_name": st.sampled_from(["安某", "包某"]),
        "deadline": st.integers(-1, 9).map(lambda days: TODAY + timedelta(days=days)),
    },
)


@given(st.lists(st.tuples(WISHES, st.sampled_from(["", "理由"]), PEOPLE), max_size=30))
def test_no_way_leads_to_closed_without_a_second_person(steps: list[tuple[dict[str, Any], str, Actor]]) -> None:
    entry = CASE
    for wish, reason, actor in steps:
        try:
            after = changed(entry, wish, reason, actor, TODAY)
        except RuleBroken:
            continue
        if after.state is not entry.state:
            assert after.state in NEXT[entry.state]
        if after.state is LedgerState.CLOSED and entry.state is not LedgerState.CLOSED:
            assert actor.may_close
            assert reason
            assert entry.sent_by_id
            assert not actor.is_one_of(entry.sent_by_id, after.responsible_id, after.responsible_name)
            assert after.evidence == entry.evidence != ""
        if (after.responsible_id, after.responsible_name) != (entry.responsible_id, entry.responsible_name):
            assert reason
        entry = after


def test_an_entry_goes_its_way_and_back() -> None:
    assert (SENT.sent_by_id, CLOSED.state) == ("a1", LedgerState.CLOSED)
    again = {"state": LedgerState.REOPENED, "deadline": date(2026, 2, 1)}
    reopened = moved(CLOSED, (again, "又住院", ANN))
    assert (reopened.state, reopened.sent_by_id, reopened.evidence) == (LedgerState.REOPENED, "", "已申请医疗救助")
    assert moved(reopened, ({"state": LedgerState.DOING}, "", ANN)).state is LedgerState.DOING


@pytest.mark.parametrize("closer", [ANN, replace(CAI, may_close=False), replace(CAI, also=("k017",))])
def test_the_responsible_person_and_who_may_not_close_do_not_close(closer: Actor) -> None:
    with pytest.raises(RuleBroken):
        changed(SENT, {"state": LedgerState.CLOSED}, "已核实", closer, TODAY)


def test_who_sent_it_to_be_verified_does_not_close_it_and_nobody_closes_without_a_word() -> None:
    sent = moved(CASE, (DONE, "", BOB))
    with pytest.raises(RuleBroken, match="第二人"):
        changed(sent, {"state": LedgerState.CLOSED}, "已核实", BOB, TODAY)
    with pytest.raises(RuleBroken, match="核实意见"):
        changed(sent, {"state": LedgerState.CLOSED}, " ", CAI, TODAY)


def test_what_is_verified_or_closed_stays_as_it_was_sent() -> None:
    for entry in (SENT, CLOSED):
        with pytest.raises(RuleBroken, match="不能修改内容"):
            changed(entry, {"problem": "另一个问题"}, "", ANN, TODAY)
    with pytest.raises(RuleBroken, match="不能修改内容"):
        changed(SENT, {"state": LedgerState.CLOSED, "responsible_id": "K020"}, "已核实", CAI, TODAY)


@pytest.mark.parametrize(
    ("wish", "reason", "told"),
    [
        ({"state": LedgerState.CLOSED}, "x", "不能直接变为"),
        ({"state": LedgerState.TO_VERIFY}, "", "办理情况"),
        ({"responsible_id": "K020"}, "", "M11"),
        ({"responsible_id": "13800000000"}, "x", "应为工作编号"),
        ({"responsible_name": ""}, "x", "责任人"),
        ({"problem": " "}, "", "要解决的问题"),
        ({"deadline": TODAY - timedelta(days=1)}, "", "已过"),
        ({"track": Track.AT_ONCE}, "", "当天"),
        ({"measures": (Measure.HEALTH, Measure.HEALTH)}, "", "重复"),
        ({"sent_by_id": "x"}, "", "不能修改"),
        ({"household_id": "H"}, "", "不能修改"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_the_rule(wish: dict[str, Any], reason: str, told: str) -> None:
    with pytest.raises(RuleBroken, match=told):
        changed(CASE, wish, reason, BOB, TODAY)


def test_a_deadline_that_passed_does_not_stop_other_changes_and_the_same_is_no_change() -> None:
    late = TODAY + timedelta(days=100)
    assert changed(CASE, {"evidence": "办理中"}, "", ANN, late).evidence == "办理中"
    assert changed(CASE, {"problem": CASE.problem, "state": LedgerState.OPEN}, "", ANN, late) is CASE


def test_a_new_entry_is_open_and_what_is_solved_at_once_is_due_today() -> None:
    assert new_entry(CASE, TODAY) == CASE
    assert new_entry(replace(CASE, track=Track.AT_ONCE, deadline=TODAY), TODAY).deadline == TODAY
    wishes = [{"state": LedgerState.DOING}, {"evidence": "x"}, {"problem": ""}, {"responsible_id": "安某"}]
    for wish in wishes:
        with pytest.raises(RuleBroken):
            new_entry(replace(CASE, **wish), TODAY)  # type: ignore[arg-type]  # any field


def test_a_code_of_before_that_is_none_keeps_nobody_from_going_on() -> None:
    old = replace(CASE, responsible_id="13800000000")
    assert changed(old, {"evidence": "办理中"}, "", ANN, TODAY).evidence == "办理中"
