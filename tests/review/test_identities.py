from __future__ import annotations

import json
import resource
import sqlite3
import stat
from collections.abc import Mapping
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest
from cryptography.fernet import Fernet

from riskmodel.errors import BusyError, DataError, StorageError, UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import Identity, IdentityStore, Reader, look_up

KEY = Fernet.generate_key()
DAY = date(2025, 7, 1)
NOW = datetime(2025, 7, 1, 9, tzinfo=timezone(timedelta(hours=8)))
HOUSE, PERSON, OTHER = f"H{1:024x}", f"P{2:024x}", f"H{3:024x}"
READER = Reader("ann", "visit list of July")
FIELDS = ("id", "kind", "number", "name", "head_name", "address", "phone")


def told(*rows: Mapping[str, str]) -> pl.DataFrame:
    """Identities as an import brings them."""
    kinds = {"H": "household", "P": "person"}
    return pl.DataFrame([{"kind": kinds[row["id"][0]], **row} for row in rows], schema=dict.fromkeys(FIELDS, pl.String))


def store_in(folder: Path) -> IdentityStore:
    """The store of a folder."""
    return IdentityStore(folder / "identities.sqlite", KEY)


def seen(store: IdentityStore, *ids: str) -> list[Identity]:
    """What a reader is told."""
    return look_up(store, ids, READER, AuditLog(store.path.with_name("audit.jsonl")), NOW)


def tokens(store: IdentityStore) -> dict[str, bytes]:
    """The encrypted texts by id."""
    with closing(sqlite3.connect(store.path)) as connection:
        return dict(connection.execute("select id, token from identities"))


def test_what_is_put_is_told_again(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    house = {"id": HOUSE, "number": "990101001000123", "head_name": "张三", "address": "示例村", "phone": "139"}
    assert store.put(told(house, {"id": PERSON, "name": "李四"}), DAY) == 2
    assert seen(store, PERSON, OTHER, HOUSE) == [
        Identity(PERSON, "person", name="李四"),
        Identity(HOUSE, "household", "990101001000123", None, "张三", "示例村", "139"),
    ]


def test_an_empty_store_knows_nobody(tmp_path: Path) -> None:
    assert seen(store_in(tmp_path), HOUSE) == []
    assert not (tmp_path / "identities.sqlite").exists()


def test_unchanged_identities_are_not_encrypted_again(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    rows = told({"id": HOUSE, "number": "12", "head_name": "张三"}, {"id": PERSON, "name": "李四"})
    store.put(rows, DAY)
    before = tokens(store)
    assert store.put(rows, date(2025, 8, 1)) == 0
    assert store.put(told({"id": HOUSE, "number": "12"}), date(2025, 8, 1)) == 0
    assert tokens(store) == before
    assert store.put(told({"id": PERSON, "name": "李五"}), date(2025, 8, 1)) == 1
    assert tokens(store)[HOUSE] == before[HOUSE]
    assert tokens(store)[PERSON] != before[PERSON]


def test_what_a_file_does_not_tell_stays_as_it_was(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12", "head_name": "张三", "phone": "1"}), DAY)
    assert store.put(told({"id": HOUSE, "number": "12", "address": "示例村", "phone": "2"}), DAY) == 1
    assert seen(store, HOUSE) == [Identity(HOUSE, "household", "12", None, "张三", "示例村", "2")]
    assert store.put(told({"id": HOUSE, "head_name": "张三", "address": "示例村", "phone": "2"}), DAY) == 0


def test_no_file_holds_a_name_in_clear(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    secrets = {
        "number": "990101001000123",
        "head_name": "欧阳示例",
        "address": "示例乡示例村九组",
        "phone": "13900000000",
    }
    store.put(told({"id": HOUSE, **secrets}, {"id": PERSON, "name": "Invented Name"}), DAY)
    store.put(told({"id": HOUSE, **secrets, "head_name": "司马示例"}), DAY)
    seen(store, HOUSE, PERSON)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        for text in [*secrets.values(), "司马示例", "Invented Name", "Invented"]:
            for form in (
                text.encode(),
                json.dumps(text).strip('"').encode(),
                text.encode("utf-16-le"),
                text.encode("gbk"),
            ):
                assert form not in content, f"{path.name} holds {text}"


def test_equal_names_do_not_look_equal(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "head_name": "张三"}, {"id": OTHER, "head_name": "张三"}), DAY)
    with closing(sqlite3.connect(store.path)) as connection:
        marks = {mark for (mark,) in connection.execute("select mark from told")}
    assert len(marks) == 2


def test_only_the_owner_may_read_the_store(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "1"}), DAY)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600


def test_every_look_is_written_down_before_it_is_answered(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12"}), DAY)
    seen(store, HOUSE, OTHER)
    (line,) = (tmp_path / "audit.jsonl").read_text("utf-8").splitlines()
    entry = json.loads(line)
    assert (entry["who"], entry["purpose"], entry["action"]) == ("ann", "visit list of July", "look_up")
    assert (entry["when"], entry["ids"]) == ("2025-07-01T09:00:00+08:00", [HOUSE, OTHER])


def test_what_cannot_be_written_down_is_not_told(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12"}), DAY)
    (tmp_path / "log").mkdir()
    with pytest.raises(IsADirectoryError):
        look_up(store, [HOUSE], READER, AuditLog(tmp_path / "log"), NOW)


@pytest.mark.parametrize("reader", [Reader("", "list"), Reader("ann", ""), Reader(" ", "list"), Reader("ann", " \n")])
def test_who_asks_says_who_and_what_for(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="what for"):
        look_up(store_in(tmp_path), [HOUSE], reader, AuditLog(tmp_path / "audit.jsonl"), NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_id_of_a_key_may_happen_to_have_no_letter(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    assert look_up(store_in(tmp_path), [HOUSE], Reader("key 123456789012", "visit"), log, NOW) == []
    with pytest.raises(UsageError, match="long number"):
        look_up(store_in(tmp_path), [HOUSE], Reader("key 123456789012", "visit of 13900000000"), log, NOW)


@pytest.mark.parametrize("number", ["990101197403050014", "13900000000"])
def test_numbers_of_persons_do_not_get_into_the_log(number: str, tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    with pytest.raises(UsageError, match="long number"):
        look_up(store_in(tmp_path), [HOUSE], Reader("ann", f"visit of {number}"), log, NOW)
    with pytest.raises(UsageError, match="id 2 is no id") as error:
        look_up(store_in(tmp_path), [HOUSE, number], READER, log, NOW)
    assert number not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_another_key_is_neither_read_nor_written(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12"}), DAY)
    stranger = IdentityStore(store.path, Fernet.generate_key())
    with pytest.raises(DataError, match="another key"):
        stranger.put(told({"id": OTHER, "number": "13"}), DAY)
    with pytest.raises(DataError, match="another key"):
        seen(stranger, HOUSE)
    assert [one.number for one in seen(store, HOUSE, OTHER)] == ["12"]


def test_a_damaged_store_says_so(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.path.write_bytes(b"no database at all" * 100)
    with pytest.raises(DataError, match="is damaged"):
        store.put(told({"id": HOUSE, "number": "12"}), DAY)


def test_a_damaged_token_says_so(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12"}), DAY)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("update identities set token = ?", (b"gAAA",))
    with pytest.raises(DataError, match="cannot be decrypted"):
        seen(store, HOUSE)


def test_a_put_that_fails_changes_nothing(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12"}), DAY)
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute("update identities set token = ?", (b"gAAA",))
    with pytest.raises(DataError):
        store.put(told({"id": OTHER, "number": "13"}, {"id": HOUSE, "number": "14"}), DAY)
    assert seen(store, OTHER) == []


def test_a_store_in_use_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12"}), DAY)
    monkeypatch.setattr("riskmodel.review.identities._PATIENCE", 0.01)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(BusyError, match="Try again later"):
            store.put(told({"id": OTHER, "number": "13"}), DAY)
        other.execute("rollback")
    assert store.put(told({"id": OTHER, "number": "13"}), DAY) == 1


def test_a_store_that_may_not_grow_is_no_busy_one(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    store.put(told({"id": HOUSE, "number": "12"}), DAY)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.path.stat().st_size, before[1]))
    try:
        with pytest.raises(StorageError, match=r"identities\.sqlite cannot be written .*ulimit -f") as refused:
            store.put(told(*({"id": f"H{number:024x}", "number": "1"} for number in range(300))), DAY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert refused.value.exit_code == 3
    assert seen(store, HOUSE)


def test_a_file_without_identities_is_no_difficulty(tmp_path: Path) -> None:
    assert store_in(tmp_path).put(told(), DAY) == 0


def test_of_two_files_that_disagree_the_last_one_counts(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    land = told({"id": HOUSE, "number": "12", "head_name": "张三"})
    clinic = told({"id": HOUSE, "head_name": "李四"})
    for file, name in ((land, "张三"), (clinic, "李四"), (land, "张三"), (clinic, "李四")):
        assert store.put(file, DAY) == 1
        assert store.put(file, DAY) == 0
        assert seen(store, HOUSE)[0].head_name == name


def test_few_of_many_are_found_without_looking_through_all(tmp_path: Path) -> None:
    store = store_in(tmp_path)
    everybody = [{"id": f"P{n:024x}", "name": f"name {n}"} for n in range(1000)]
    assert store.put(told(*everybody), DAY) == 1000
    assert store.put(told(*everybody[7:9], {"id": OTHER, "head_name": "张三"}), DAY) == 1
    assert store.put(told({**everybody[7], "name": "another"}, everybody[8]), DAY) == 1
    assert [one.name for one in seen(store, everybody[7]["id"], everybody[8]["id"])] == ["another", "name 8"]


def test_another_process_that_writes_is_noticed(tmp_path: Path) -> None:
    mine, other = store_in(tmp_path), store_in(tmp_path)
    said = told({"id": HOUSE, "head_name": "张三"})
    assert [mine.put(said, DAY), mine.put(said, DAY)] == [1, 0]
    assert other.put(told({"id": HOUSE, "head_name": "李四"}), DAY) == 1
    assert mine.put(said, DAY) == 1
    assert seen(mine, HOUSE)[0].head_name == "张三"


def test_what_a_failed_put_told_is_put_when_it_comes_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_in(tmp_path)
    said = told({"id": HOUSE, "head_name": "张三"})
    monkeypatch.setattr("riskmodel.review.identities._PATIENCE", 0.01)
    store.put(told({"id": OTHER, "number": "1"}), DAY)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(BusyError):
            store.put(said, DAY)
    assert [store.put(said, DAY), store.put(said, DAY)] == [1, 0]
