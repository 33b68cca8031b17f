from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from made_once import made_once


@dataclass(frozen=True)
class Told:
    """What was made where."""

    folder: Path
    file: str
    earlier: Told | None = None


def make(folder: Path) -> Told:
    folder.mkdir()
    (folder / "file").write_text("made", "utf-8")
    return Told(folder, str(folder / "file"), Told(folder / "old", "elsewhere"))


def test_the_first_process_makes_it_and_each_has_a_copy_that_its_answer_leads_into(tmp_path: Path) -> None:
    made: list[Path] = []

    def noted(folder: Path) -> Told:
        made.append(folder)
        return make(folder)

    for process in ("popen-gw0", "popen-gw1"):
        own = tmp_path / process / "thing"
        own.parent.mkdir()
        told = made_once(own, noted)
        assert told == Told(own, str(own / "file"), Told(own / "old", "elsewhere"))
        Path(told.file).write_text("changed", "utf-8")  # the other does not see it
        assert len(made) == 1


def test_what_failed_halfway_is_made_anew(tmp_path: Path) -> None:
    own = tmp_path / "popen-gw0" / "thing"
    own.parent.mkdir()

    def failing(folder: Path) -> Told:
        make(folder)
        raise ValueError("halfway")

    with pytest.raises(ValueError, match="halfway"):
        made_once(own, failing)
    assert not own.exists()
    assert made_once(own, make).folder == own


def test_one_process_alone_makes_it_in_its_place(tmp_path_factory: pytest.TempPathFactory) -> None:
    alone = Path(str(tmp_path_factory.mktemp("alone")).replace("popen-gw", "process-"))
    alone.mkdir(parents=True, exist_ok=True)
    told = made_once(alone / "thing", make)
    assert told.folder == alone / "thing"
    assert list(alone.iterdir()) == [alone / "thing"]
