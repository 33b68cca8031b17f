from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date

import pytest

from riskmodel.serving.cli.output import Terminal, emit


@dataclass(frozen=True)
class Result:
    day: date
    share: float
    parts: tuple[int, ...]


def test_a_result_is_one_json_object_or_lines(capsys: pytest.CaptureFixture[str]) -> None:
    result = Result(date(2025, 6, 5), 0.5, (1, 2))
    emit(result, as_json=True, lines=["not shown"])
    out, err = capsys.readouterr()
    assert (json.loads(out), out.count("\n"), err) == ({"day": "2025-06-05", "share": 0.5, "parts": [1, 2]}, 1, "")
    emit(result, as_json=False, lines=["one", "two"])
    assert capsys.readouterr().out == "one\ntwo\n"


def test_chinese_is_written_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    emit({"title": "因病"}, as_json=True)
    assert "因病" in capsys.readouterr().out


def test_progress_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Terminal()
    assert list(shown.track([1, 2], "counting", 2)) == [1, 2]
    shown.say("a long line that must not be broken " * 5)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "· counting"
    assert len(err.splitlines()) == 2


def test_a_bar_is_drawn_on_a_terminal_only(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert list(Terminal().track("ab", "letters", 2)) == ["a", "b"]
    assert capsys.readouterr().out == ""


def test_without_a_terminal_lines_say_how_far_it_is_and_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("riskmodel.serving.cli.output.EVERY", 0.0)
    assert list(Terminal().track(range(3), "counting", 3)) == [0, 1, 2]
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(", about")[0] for line in lines] == [
        "· counting",
        "· counting: 1 of 3",
        "· counting: 2 of 3",
    ]
    assert "about 0 minutes left / 约剩 0 分钟" in lines[1]
