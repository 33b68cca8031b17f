"""A generation on disk: which one is in force, and putting another one in its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lake_rows import amounts, day, income, state
from riskmodel.errors import LakeError
from riskmodel.tables import generation, table
from riskmodel.tables.files import Held
from riskmodel.tables.generation import Ids
from riskmodel.tables.generation_files import POINTER, Published, in_force, replace


def published(folder: Path, *amounts: int) -> Published:
    """One generation of incomes per amount, and households in the first."""
    for n, amount in enumerate(amounts):
        old, ids = in_force(folder), Ids()
        rows = {"incomes": income(1, amount, day(1))} | (
            {} if old.number else {"households": state(1, day(0), 3, day(1))}
        )
        tables = {
            name: generation.merge(
                generation.empty(table(name)), generation.encode(frame, table(name), ids), table(name)
            )[0]
            for name, frame in rows.items()
        }
        replace(old, tables, ids, [*old.batches, f"b{n}"])
    return in_force(folder)


def test_before_anything_was_published_everything_is_empty(tmp_path: Path) -> None:
    nothing = in_force(tmp_path)
    assert (nothing.number, nothing.batches, nothing.scan(), nothing.ids().values) == (0, frozenset(), {}, {})
    assert nothing.read("incomes").is_empty()


def test_the_newest_generation_is_in_force_and_keeps_what_did_not_change(tmp_path: Path) -> None:
    now = published(tmp_path, 10, 20)
    assert (now.number, now.batches) == (2, frozenset({"b0", "b1"}))
    assert amounts(now.read("incomes")) == amounts(now.scan()["incomes"].collect()) == [20]
    assert now.read("households").height == 1
    assert len(now.ids().of("H")) == 1


def test_without_a_change_only_the_list_of_batches_is_written(tmp_path: Path) -> None:
    before = published(tmp_path, 10)
    replace(before, {}, before.ids(), [*before.batches, "b9"])
    now = in_force(tmp_path)
    assert (now.number, now.files, now.batches) == (before.number, before.files, frozenset({"b0", "b9"}))


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("file", ["households.parquet", "incomes.parquet", "ids_H.parquet"])
def test_a_bit_that_turned_over_is_found_by_reading_and_the_file_is_named(tmp_path: Path, file: str) -> None:
    now = published(tmp_path, 10, 20)
    now.require_sound()
    flip_a_bit(now.path / file)
    with pytest.raises(LakeError, match=rf"{file} is damaged: its content"):
        in_force(tmp_path).require_sound()


def test_nothing_is_made_of_rows_that_are_damaged(tmp_path: Path) -> None:
    now = published(tmp_path, 10)
    flip_a_bit(now.path / "incomes.parquet")
    with pytest.raises(LakeError, match=r"incomes.parquet is damaged"):
        now.read("incomes")


def test_files_that_an_earlier_version_wrote_have_no_hash_and_are_taken_as_they_are(tmp_path: Path) -> None:
    now = published(tmp_path, 10)
    pointer = json.loads((tmp_path / POINTER).read_text())
    del pointer["hashes"]
    (tmp_path / POINTER).write_text(json.dumps(pointer))
    old = in_force(tmp_path)
    old.require_sound()
    assert (old.files, old.hashes) == (now.files, {})
    assert amounts(old.read("incomes")) == [10]
    assert set(published(tmp_path, 20).hashes) == {"incomes.parquet", "ids_H.parquet"}


def test_older_generations_go_unless_they_are_held(tmp_path: Path) -> None:
    first = published(tmp_path, 10)
    held = Held(first.path)
    published(tmp_path, 20, 30, 40)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["000001", "000003", "000004", POINTER]
    assert amounts(first.read("incomes")) == [10]
    del held
    published(tmp_path, 50)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["000004", "000005", POINTER]


def test_a_folder_that_a_kill_left_is_never_filled_again(tmp_path: Path) -> None:
    published(tmp_path, 10)
    (tmp_path / "000002").mkdir()
    (tmp_path / "000002" / "visits.parquet").write_bytes(b"half")
    now = published(tmp_path, 20)
    assert (now.number, sorted(now.scan())) == (3, ["households", "incomes"])
    assert not (tmp_path / "000002").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", "{LAYOUT}", "{LAYOUT, 'files': 2}", "{LAYOUT, 'files': {'a': 'b'}}"])
def test_a_damaged_pointer_is_named(tmp_path: Path, text: str) -> None:
    layout = f"'layout': '{generation.layout()}'"
    (tmp_path / POINTER).write_text(text.replace("LAYOUT", layout).replace("'", '"'))
    with pytest.raises(LakeError, match=rf"{tmp_path / POINTER} is damaged .*rebuild the county"):
        in_force(tmp_path)


def test_a_generation_of_another_layout_is_none(tmp_path: Path) -> None:
    published(tmp_path, 10)
    state = json.loads((tmp_path / POINTER).read_text())
    (tmp_path / POINTER).write_text(json.dumps(state | {"layout": "old"}))
    assert in_force(tmp_path) == Published(tmp_path)
