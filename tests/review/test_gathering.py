from __future__ import annotations

import threading

import pytest

from riskmodel.review.gathering import Gathering


def test_one_alone_does_not_wait_and_those_who_come_meanwhile_are_one_turn() -> None:
    turns: list[list[int]] = []
    begun, go_on = threading.Event(), threading.Event()

    def work(asked: list[int]) -> list[int | Exception]:
        turns.append(asked)
        begun.set()
        go_on.wait(10)
        return [number * 2 for number in asked]

    gathering = Gathering("the work", 3, work)
    first = gathering.ask(1)
    assert begun.wait(10)
    others = [gathering.ask(number) for number in (2, 3, 4, 5)]
    go_on.set()
    assert [done.result(10) for done in (first, *others)] == [2, 4, 6, 8, 10]
    assert turns == [[1], [2, 3, 4], [5]]
    gathering.close()


def test_what_is_wrong_with_one_is_told_of_it_alone_and_what_stops_the_work_of_all() -> None:
    def work(asked: list[int]) -> list[int | Exception]:
        if 0 in asked:
            raise OSError("full")
        return [ValueError("odd") if number % 2 else number for number in asked]

    gathering = Gathering("the work", 1, work)
    done = [gathering.ask(number) for number in (1, 0, 2)]
    with pytest.raises(ValueError, match="odd"):
        done[0].result(10)
    with pytest.raises(OSError, match="full"):
        done[1].result(10)
    assert done[2].result(10) == 2
    gathering.close()


def test_the_end_does_what_waits_and_takes_nothing_more() -> None:
    gathering = Gathering[int, int]("the work", 2, lambda asked: asked)
    done = [gathering.ask(number) for number in range(5)]
    gathering.close()
    assert [one.result(0) for one in done] == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="the work was closed"):
        gathering.ask(6)
