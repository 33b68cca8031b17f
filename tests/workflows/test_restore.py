from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import DataError, UsageError
from riskmodel.models.pointer import pointed
from riskmodel.review.assessments import history
from riskmodel.review.audit import AuditLog, Entry, Head
from riskmodel.review.identities import IdentityStore, Reader
from riskmodel.review.keys import Keys
from riskmodel.settings import Settings
from riskmodel.workflows.backup import BackedUp, backup
from riskmodel.workflows.backup_manifest import FILES, read_manifest, write_manifest
from riskmodel.workflows.database import database, make_key, revoke_key
from riskmodel.workflows.explain import explain
from riskmodel.workflows.installation import (
    KEY_FILE,
    LOG,
    find,
    identify,
    identity_key,
    identity_store_path,
    init,
)
from riskmodel.workflows.publish import publish
from riskmodel.workflows.restore import restore
from riskmodel.workflows.score import score
from riskmodel.workflows.workspace import Workspace, model_name
from trained_county import LABEL, NOW, Office


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A small workspace: a key, a database, a log of two entries."""
    place = Workspace(Settings(tmp_path / "home"))
    init(place)
    make_key(place, "county system", ["analyst"], "", 30, NOW, 60)
    AuditLog(place.home / LOG).append(Entry(NOW.isoformat(), "bob", "look_up", "visit", ()))
    return place


@pytest.fixture
def backed_up(place: Workspace, tmp_path: Path) -> BackedUp:
    return backup(place, tmp_path / "backup", "ann", NOW, keys_to=tmp_path / "safe")


def elsewhere(tmp_path: Path) -> Workspace:
    return Workspace(Settings(tmp_path / "elsewhere"))


def test_a_drill_gives_the_same_scores_explanations_keys_names_and_log(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    init(place)
    publish(place, lambda: NOW)
    key = make_key(place, "county system", ["analyst"], "", 30, NOW, 60)
    id_ = find(place, "990301001", "ann", NOW).id
    told = pl.DataFrame({"id": [id_], "kind": "household", "number": "990301001", "name": None, "head_name": "张三"})
    told = told.with_columns(
        address=pl.lit(None, pl.String), phone=pl.lit(None, pl.String), name=pl.lit(None, pl.String)
    )
    IdentityStore(identity_store_path(place), identity_key(place)).put(told, NOW.date())
    explained = explain(place, office.riskiest)
    done = backup(place, tmp_path / "backup", "ann", NOW, keys_to=tmp_path / "safe")

    revoke_key(place, key.key.id, NOW)
    AuditLog(place.home / LOG).append(Entry(NOW.isoformat(), "eve", "look_up", "later", (id_,)))
    shutil.rmtree(place.home / "results")
    shutil.rmtree(place.home / "lake" / "batches")

    other = elsewhere(tmp_path)
    found = restore(other, tmp_path / "backup", NOW, keys_from=tmp_path / "safe")
    assert (found.problems, found.key, found.files) == ([], "restored", done.files)
    assert found.bundles == 4
    assert (found.log_head, found.log_broken_at) == (done.log_head, None)
    log = AuditLog(other.home / LOG)
    assert log.examined(Head.of(done.log_head)).noted
    assert [entry.action for entry in log.entries() if entry][-2:] == ["backup", "restore"]
    assert explain(other, office.riskiest) == explained
    with closing(database(other)) as store:
        assert Keys(store).checked(key.text, NOW) == key.key
        assert history(store, office.riskiest)[0].probability == explained.probability
    assert identify(other, [id_], Reader("ann", "drill"), NOW).identities[0].head_name == "张三"
    champion = pointed(other.registry.folder, model_name(LABEL))
    assert champion is not None
    assert champion.version == 1
    again = score(other, office.as_of)
    assert pl.read_parquet(f"{again.folder}/*.parquet").equals(pl.read_parquet(f"{office.results}/*.parquet"))


@pytest.mark.usefixtures("backed_up")
def test_a_flipped_byte_is_refused_before_anything_is_touched(tmp_path: Path) -> None:
    path = tmp_path / "backup" / FILES / "riskmodel.sqlite"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"riskmodel\.sqlite is damaged.*Nothing was restored"):
        restore(elsewhere(tmp_path), tmp_path / "backup", NOW)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.usefixtures("backed_up")
def test_nothing_is_ever_written_over(place: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is not empty"):
        restore(place, tmp_path / "backup", NOW)
    (tmp_path / "elsewhere").mkdir()
    assert restore(elsewhere(tmp_path), tmp_path / "backup", NOW).problems == []


@pytest.mark.usefixtures("backed_up")
def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    write_manifest(folder, replace(read_manifest(folder), database="9999", program="9.0.0"))
    with pytest.raises(UsageError, match=r"version 9999.*newer one \(9\.0\.0\)"):
        restore(elsewhere(tmp_path), folder, NOW)
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.usefixtures("backed_up")
def test_only_the_key_of_the_installation_fits(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(UsageError, match="holds neither"):
        restore(elsewhere(tmp_path), tmp_path / "backup", NOW, keys_from=tmp_path / "other")
    for wrong in ("0" * 64, "no key"):
        (tmp_path / "other" / KEY_FILE).write_text(wrong)
        with pytest.raises(UsageError, match="is not the key"):
            restore(elsewhere(tmp_path), tmp_path / "backup", NOW, keys_from=tmp_path / "other")
    assert restore(elsewhere(tmp_path), tmp_path / "backup", NOW).key == "missing"
    assert not (tmp_path / "elsewhere" / KEY_FILE).exists()


def test_what_was_damaged_when_it_was_backed_up_is_restored_and_told(place: Workspace, tmp_path: Path) -> None:
    (place.home / LOG).write_text((place.home / LOG).read_text().replace("bob", "eve"))
    bundle = place.home / "mlflow" / "artifacts" / "run" / "artifacts" / "bundle"
    bundle.mkdir(parents=True)
    (bundle / "MANIFEST.json").write_text("{}")
    champions = place.home / "mlflow" / "champions"
    champions.mkdir()
    (champions / "a.json").write_text("{")
    (champions / "b.json").write_text('{"bundle": "artifacts/run/artifacts/bundle", "hash": "x", "version": 1}')
    backup(place, tmp_path / "backup", "ann", NOW)
    found = restore(elsewhere(tmp_path), tmp_path / "backup", NOW)
    assert (found.log_broken_at, found.bundles, len(found.problems)) == (2, 0, 4)
    assert [part in " ".join(found.problems) for part in ("a.json", "champion of b", "line 1")] == [True] * 3


@pytest.mark.usefixtures("backed_up")
def test_a_file_that_changes_after_it_was_checked_leaves_no_workspace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from riskmodel.workflows import restore as module

    path = tmp_path / "backup" / FILES / LOG
    monkeypatch.setattr(module, "verify_files", lambda *_: path.write_bytes(path.read_bytes() + b"x"))
    with pytest.raises(DataError, match=r"audit\.jsonl is damaged"):
        restore(elsewhere(tmp_path), tmp_path / "backup", NOW)
    assert sorted(found.name for found in tmp_path.iterdir()) == ["backup", "home", "safe"]
