from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from riskmodel.errors import UsageError
from riskmodel.review.access import Role
from riskmodel.review.keys import FRESH, Key, Keys, stamp
from riskmodel.review.schema import KEYS
from riskmodel.review.store import Store

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
SOON = NOW + timedelta(days=90)


class Clock:
    """Seconds that go on when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def made(keys: Keys, area: str = "990301") -> tuple[Key, str]:
    return keys.make("county system", [Role.CASE_SYSTEM], area, SOON, NOW)


def test_a_key_is_known_again_and_tells_who_asks(store: Store) -> None:
    keys = Keys(store)
    key, text = made(keys)
    assert text.startswith(f"rmk_{key.id}_")
    assert keys.checked(text, NOW) == key
    assert key.principal.sees("990301001001")
    assert not key.principal.sees("990302001001")


def test_the_secret_is_stored_nowhere(store: Store, tmp_path: Path) -> None:
    _, text = made(Keys(store))
    secret = text.split("_", 2)[2]
    with store.reading() as connection:
        assert secret not in repr(connection.execute(select(KEYS)).all())
    store.close()
    assert all(secret.encode() not in path.read_bytes() for path in tmp_path.iterdir())


def test_whatever_is_no_key_is_refused(store: Store) -> None:
    keys = Keys(store)
    key, text = made(keys)
    other = made(keys)[1]
    mixed = f"rmk_{key.id}_{other.split('_', 2)[2]}"
    for wrong in ("", "rmk", "rmk_", f"rmk_{key.id}", f"rmk_{key.id}_", text[:-1], text + "x", text.replace("rmk", "x"),
                  mixed, "rmk_000000000000_" + "a" * 43, "é" * 40, "a" * 200):  # fmt: skip
        assert keys.checked(wrong, NOW) is None, wrong


def test_a_revoked_key_is_refused_within_a_second_by_every_program(store: Store) -> None:
    clock = Clock()
    here, there = Keys(store), Keys(store, clock)
    key, text = made(here)
    assert there.checked(text, NOW)
    assert here.revoke(key.id, NOW).revoked_at == stamp(NOW)
    assert here.checked(text, NOW) is None
    clock.seconds = FRESH
    assert there.checked(text, NOW) is None
    assert FRESH < 1


def test_what_is_known_of_a_key_is_not_read_again_at_once(store: Store) -> None:
    clock = Clock()
    keys = Keys(store, clock)
    _, text = made(keys)
    assert keys.checked(text, NOW)
    store.close()
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE api_keys")
    assert keys.checked(text, NOW)


def test_a_key_ends_on_its_day(store: Store) -> None:
    keys = Keys(store)
    _, text = made(keys)
    assert keys.checked(text, SOON - timedelta(seconds=1))
    assert keys.checked(text, SOON) is None


def test_all_keys_are_listed_without_secrets_and_an_unknown_one_cannot_be_revoked(store: Store) -> None:
    keys = Keys(store)
    listed = {made(keys)[0].id, made(keys, "99")[0].id}
    assert {key.id for key in keys.all()} == listed
    with pytest.raises(UsageError, match="no key"):
        keys.revoke("zz", NOW)


@pytest.mark.parametrize(
    ("name", "roles", "area", "ends", "rate"),
    [
        ("", [Role.ANALYST], "", SOON, 1),
        ("a" * 101, [Role.ANALYST], "", SOON, 1),
        ("a\nb", [Role.ANALYST], "", SOON, 1),
        ("a", [], "", SOON, 1),
        ("a", [Role.ANALYST], "9", SOON, 1),
        ("a", [Role.ANALYST], "", NOW, 1),
        ("a", [Role.ANALYST], "", SOON, 0),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    store: Store, name: str, roles: list[Role], area: str, ends: datetime, rate: int
) -> None:
    with pytest.raises(UsageError):
        Keys(store).make(name, roles, area, ends, NOW, rate)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 1, 5))
