from __future__ import annotations

import hashlib
import hmac
import json
import stat
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from office_files import workspace_in
from riskmodel.errors import UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import IdentityStore, Reader
from riskmodel.settings import Settings
from riskmodel.sources.identities import IDENTITY_SCHEMA
from riskmodel.workflows.installation import (
    find,
    identify,
    identity_key,
    identity_store_path,
    init,
    installation_key,
    key_path,
    lot_key,
)
from riskmodel.workflows.workspace import Workspace

NOW = datetime(2025, 7, 1, 9, tzinfo=timezone(timedelta(hours=8)))
MAN = "990101197403050014"


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace with a key."""
    workspace = Workspace(Settings(tmp_path / "home"))
    init(workspace)
    return workspace


def entries(workspace: Workspace) -> list[dict[str, object]]:
    """Lines of the audit log."""
    path = workspace.home / "audit.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def test_a_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    workspace = Workspace(Settings(tmp_path / "home"))
    assert not key_path(workspace).exists()
    done = init(workspace)
    assert (done.created, done.key) == (True, str(tmp_path / "home" / "installation.key"))
    text = key_path(workspace).read_text("ascii")
    assert len(bytes.fromhex(text)) == 32
    assert stat.S_IMODE(key_path(workspace).stat().st_mode) == 0o600
    assert init(workspace).created is False
    assert key_path(workspace).read_text("ascii") == text


def test_no_two_installations_have_the_same_key(tmp_path: Path) -> None:
    keys = set()
    for name in ("one", "two"):
        workspace = Workspace(Settings(tmp_path / name))
        init(workspace)
        keys.add(installation_key(workspace))
    assert len(keys) == 2


def test_a_key_is_no_key_for_the_store(place: Workspace) -> None:
    key = installation_key(place)
    assert identity_key(place) == identity_key(place)
    assert key.hex().encode() not in identity_key(place)
    IdentityStore(place.home / "x.sqlite", identity_key(place))


def test_without_a_key_it_is_said_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="riskmodel init"):
        installation_key(Workspace(Settings(tmp_path)))


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o611])
def test_a_key_that_others_may_use_is_refused(place: Workspace, mode: int) -> None:
    key_path(place).chmod(mode)
    with pytest.raises(UsageError, match="chmod 600"):
        installation_key(place)
    key_path(place).chmod(0o400)
    assert len(installation_key(place)) == 32


@pytest.mark.parametrize("text", ["", "abc", "z" * 64, "a" * 63, "a" * 66, "密" * 64])
def test_a_damaged_key_is_refused_and_not_shown(place: Workspace, text: str) -> None:
    key_path(place).write_text(text, "utf-8")
    with pytest.raises(UsageError, match="is damaged") as error:
        installation_key(place)
    assert not text or text not in str(error.value)


def test_a_store_without_its_key_gets_no_new_one(place: Workspace) -> None:
    told = pl.DataFrame([{"id": f"H{1:024x}", "kind": "household", "number": "1"}], schema=IDENTITY_SCHEMA)
    IdentityStore(identity_store_path(place), identity_key(place)).put(told, date(2025, 7, 1))
    key_path(place).unlink()
    with pytest.raises(UsageError, match="Restore the key"):
        init(place)
    assert not key_path(place).exists()


def test_finding_a_number_is_hashing_it(place: Workspace) -> None:
    digest = hmac.new(installation_key(place), b"household:AB12", hashlib.sha256).hexdigest()
    assert find(place, " ab１2 ", "ann", NOW).id == f"H{digest[:24]}"
    person = find(place, "990101740305001", "ann", NOW, person=True)
    assert (person.id, person.kind) == (find(place, MAN, "ann", NOW, person=True).id, "person")
    assert person.id != find(place, MAN, "ann", NOW).id


def test_a_mistyped_identity_number_is_noticed(place: Workspace) -> None:
    assert find(place, MAN[:-1] + "5", "ann", NOW, person=True).wrong_check_digit
    assert not find(place, MAN, "ann", NOW, person=True).wrong_check_digit
    assert not find(place, "E1234567", "ann", NOW, person=True).wrong_check_digit
    assert not find(place, MAN[:-1] + "5", "ann", NOW).wrong_check_digit


def test_a_search_is_written_down_without_the_number(place: Workspace) -> None:
    found = find(place, MAN, "ann", NOW, person=True)
    (entry,) = entries(place)
    assert {key: entry[key] for key in ("who", "action", "ids", "purpose")} == {
        **{"who": "ann", "action": "find", "ids": [found.id], "purpose": ""}
    }
    assert MAN not in (place.home / "audit.jsonl").read_text("utf-8")
    assert AuditLog(place.home / "audit.jsonl").verify() is None


def test_an_empty_number_is_wrong_usage(place: Workspace) -> None:
    with pytest.raises(UsageError, match="number is empty"):
        find(place, " \u200b", "ann", NOW)
    assert entries(place) == []


def test_ids_are_told_apart_from_those_that_nobody_knows(place: Workspace) -> None:
    known = find(place, "12", "ann", NOW).id
    told = pl.DataFrame([{"id": known, "kind": "household", "number": "12"}], schema=IDENTITY_SCHEMA)
    IdentityStore(identity_store_path(place), identity_key(place)).put(told, date(2025, 7, 1))
    found = identify(place, [f"P{1:024x}", known], Reader("ann", "visit list"), NOW)
    assert [one.number for one in found.identities] == ["12"]
    assert found.unknown == [f"P{1:024x}"]
    assert entries(place)[-1]["action"] == "look_up"


def test_the_key_of_lots_hangs_on_the_installation_and_the_seed_and_does_not_tell_the_key(tmp_path: Path) -> None:
    place = workspace_in(tmp_path / "one")
    key = lot_key(place)
    assert key.secret
    assert key == lot_key(Workspace(Settings(place.home)))
    other = workspace_in(tmp_path / "two")
    key_path(other).write_text("5f" * 32 + "\n", "ascii")
    apart = [lot_key(other), lot_key(Workspace(Settings(place.home, seed=1)))]
    assert len({found.key for found in [key, *apart]}) == len({found.mark for found in [key, *apart]}) == 3
    assert key.key not in (installation_key(place), identity_key(place))
    assert key.key.hex() not in repr(key)


def test_without_a_key_lots_are_drawn_from_the_seed_and_that_is_said(tmp_path: Path) -> None:
    one, two = (workspace_in(tmp_path / name, key=False) for name in ("one", "two"))
    assert lot_key(one) == lot_key(two)
    assert not lot_key(one).secret
