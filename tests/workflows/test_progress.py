from __future__ import annotations

import pytest

from riskmodel.workflows.progress import Progress, Silent


def test_silent_progress_yields_the_steps_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress: Progress = Silent()
    progress.say("nobody looks")
    assert list(progress.track(iter("abc"), "title", 3)) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_steps_are_taken_one_at_a_time() -> None:
    source = iter(range(3))
    assert next(Silent().track(source, "title")) == 0
    assert list(source) == [1, 2]
