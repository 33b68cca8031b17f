from __future__ import annotations

from riskmodel.policy import Cause, Lamp, LedgerClass, LedgerState, Step, Tier, Track


def test_every_cause_has_a_class_and_school_and_work_have_registers_of_their_own() -> None:
    assert set(LedgerClass.codes()) == {*Cause.codes(), "SCHOOL", "WORK"}
    assert LedgerClass.from_label("控辍保学") is LedgerClass.SCHOOL


def test_states_tracks_and_lamps_are_told_in_the_words_of_the_offices() -> None:
    assert [state.zh for state in LedgerState] == ["待办", "办理中", "待核实", "已销号", "重新打开"]
    assert [track.zh for track in Track] == ["当时解决", "限期解决"]
    assert (Lamp.RED.zh, Step.NOTICE_END.zh) == ("超期", "公示结束")


def test_the_two_upper_tiers_are_visited() -> None:
    assert [tier.visited for tier in Tier] == [True, True, False, False]
