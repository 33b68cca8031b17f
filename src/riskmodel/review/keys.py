"""Keys of case systems: random, kept as a digest, limited in time, area and rate, void within a second when revoked.

A key reads `rmk_<id>_<secret>`. The secret has 256 random bits, so that its SHA-256 is as good as a slow hash of a
password, and costs microseconds. It is shown once, when it is made, and stored nowhere.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, insert, select, update

from riskmodel.errors import UsageError
from riskmodel.review.access import Principal, Role, checked_area
from riskmodel.review.schema import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from riskmodel.review.store import Store

PREFIX: Final = "rmk"
FRESH: Final = 0.5
"""Seconds for which what was read about a key is believed; a revoked one is refused after that."""
MOST_NAME: Final = 100
MOST_PER_MINUTE: Final = 1_000_000
MOST_TEXT: Final = 100
"""Characters of the text of a key; it has 60."""


@dataclass(frozen=True)
class Key:
    """A key without its secret."""

    id: str
    name: str
    roles: tuple[Role, ...]
    area: str
    per_minute: int
    """Most requests in a minute."""
    created_at: str
    expires_at: str
    revoked_at: str | None = None

    def valid(self, now: datetime) -> bool:
        """Whether it may be used."""
        return self.revoked_at is None and stamp(now) < self.expires_at

    @property
    def principal(self) -> Principal:
        """Who asks with it."""
        return Principal(self.id, self.name, self.roles, self.area)


class Keys:
    """The keys of a database."""

    def __init__(self, store: Store, clock: Callable[[], float] = monotonic) -> None:
        """`clock`: seconds that only go on."""
        self._store = store
        self._clock = clock
        self._read: dict[str, tuple[float, bytes, Key | None]] = {}

    def make(
        self, name: str, roles: Sequence[Role], area: str, expires_at: datetime, now: datetime, per_minute: int = 600
    ) -> tuple[Key, str]:
        """A new key and its text, which is told this once. Raises UsageError for what makes no sense."""
        if not name.strip() or len(name) > MOST_NAME or not name.isprintable():
            raise UsageError(
                f"a key needs a name of at most {MOST_NAME} printable characters: whose it is. / "
                f"密钥须有名称（说明由谁使用），不超过 {MOST_NAME} 个字符。"
            )
        if not roles or not 1 <= per_minute <= MOST_PER_MINUTE or expires_at <= now:
            raise UsageError(
                f"a key needs a role, a day in the future on which it ends, and 1 to {MOST_PER_MINUTE:,} requests a "
                f"minute. / 密钥须有角色和将来的到期日，每分钟请求数为 1 至 {MOST_PER_MINUTE:,}。"
            )
        if Role.ADMINISTRATOR in roles:
            raise UsageError(
                "administrator is a role of people: riskmodel users make LOGIN --role administrator / "
                "管理员角色只能给人，不能给密钥。"
            )
        secret = secrets.token_urlsafe(32)
        key = Key(
            id=secrets.token_hex(6),
            name=name.strip(),
            roles=tuple(dict.fromkeys(roles)),
            area=checked_area(area),
            per_minute=per_minute,
            created_at=stamp(now),
            expires_at=stamp(expires_at),
        )
        with self._store.writing() as connection:
            connection.execute(insert(KEYS).values(**_stored(key), digest=_digest(secret)))
        return key, f"{PREFIX}_{key.id}_{secret}"

    def all(self) -> list[Key]:
        """Every key that was ever made, the newest first."""
        with self._store.reading() as connection:
            rows = connection.execute(select(KEYS).order_by(KEYS.c.created_at.desc(), KEYS.c.id)).mappings()
            return [_key(row) for row in rows]

    def revoke(self, key_id: str, now: datetime) -> Key:
        """Make a key void, for good. Raises UsageError for an unknown one."""
        with self._store.writing() as connection:
            waiting = (KEYS.c.id == key_id) & KEYS.c.revoked_at.is_(None)
            connection.execute(update(KEYS).where(waiting).values(revoked_at=stamp(now)))
        self._read.pop(key_id, None)
        found = next((key for key in self.all() if key.id == key_id), None)
        if found is None:
            raise UsageError(f"there is no key {key_id!r}. List them: riskmodel keys list / 没有密钥“{key_id}”。")
        return found

    def at_hand(self, text: str) -> bool:
        """Whether `checked` answers at once: what was read of the key is still believed, or the text is none."""
        key_id, secret = _parts(text)
        known = self._read.get(key_id)
        return not secret or (known is not None and self._believed(known[0]))

    def checked(self, text: str, now: datetime) -> Key | None:
        """The key that a text is, if it may be used now; None for everything else, without a reason for the asker."""
        key_id, secret = _parts(text)
        if not secret:
            return None
        digest, key = self._known(key_id)
        same = hmac.compare_digest(digest, _digest(secret))
        return key if same and key is not None and key.valid(now) else None

    def _known(self, key_id: str) -> tuple[bytes, Key | None]:
        """Digest and key of an id, read anew when what is known is older than `FRESH`."""
        read_at, digest, key = self._read.get(key_id, (-FRESH, b"", None))
        if key is None or not self._believed(read_at):
            read_at = self._clock()
            with self._store.reading() as connection:
                row = connection.execute(_BY_ID, {"id": key_id}).mappings().first()
            digest, key = (bytes(row["digest"]), _key(row)) if row else (b"", None)
            if key is not None:  # of unknown ids there are endlessly many
                self._read[key_id] = (read_at, digest, key)
        return digest, key

    def _believed(self, read_at: float) -> bool:
        return self._clock() - read_at < FRESH


def stamp(when: datetime) -> str:
    """A time as it is stored. Raises ValueError for one without a zone."""
    if when.tzinfo is None:
        raise ValueError("a time without a zone")
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parts(text: str) -> tuple[str, str]:
    """Id and secret of the text of a key; both empty for what cannot be one."""
    prefix, _, rest = text.partition("_")
    key_id, _, secret = rest.partition("_")
    good = prefix == PREFIX and secret and len(text) <= MOST_TEXT and text.isascii()
    return (key_id, secret) if good else ("", "")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _stored(key: Key) -> dict[str, Any]:
    return vars(key) | {"roles": " ".join(role.value for role in key.roles)}


def _key(row: Any) -> Key:
    facts = {name: row[name] for name in Key.__dataclass_fields__}
    return Key(**facts | {"roles": tuple(Role(code) for code in row["roles"].split())})


_BY_ID: Final = select(KEYS).where(KEYS.c.id == bindparam("id"))
