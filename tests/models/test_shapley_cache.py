from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.models.shapley_cache import is_private


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A private folder in a private folder."""
    made = tmp_path / "above" / "kept"
    made.parent.mkdir(0o700)
    made.mkdir(0o700)
    return made


def test_a_folder_that_only_its_owner_can_use_is_private(folder: Path) -> None:
    assert is_private(folder)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o770, 0o777, 0o1777, 0o701])
def test_a_folder_that_others_can_use_is_not(folder: Path, mode: int) -> None:
    folder.chmod(mode)
    assert not is_private(folder)


@pytest.mark.parametrize(("mode", "private"), [(0o777, False), (0o775, False), (0o755, True), (0o1777, True)])
def test_nobody_else_may_put_another_in_its_place(folder: Path, mode: int, private: bool) -> None:
    folder.parent.chmod(mode)
    assert is_private(folder) is private


def test_a_link_a_file_and_nothing_are_not_private(folder: Path, tmp_path: Path) -> None:
    link, file = tmp_path / "link", tmp_path / "file"
    link.symlink_to(folder)
    file.touch(0o600)
    assert not any(map(is_private, (link, file, tmp_path / "missing")))
