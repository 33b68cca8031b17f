"""People who sign in: their passwords as argon2 hashes, roles, area, and a lock after wrong passwords.

No user comes with the program, and none has a password that somebody else could know: a new one gets a random password
that is shown once and has to be changed at the first sign-in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import bindparam, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from riskmodel.errors import UsageError
from riskmodel.review.access import Principal, Role, checked_area
from riskmodel.review.administrators import an_administrator_stays
from riskmodel.review.keys import stamp
from riskmodel.review.schema import SESSIONS, USERS
from riskmodel.tables.staff_code import NOTE, STAFF_CODE_ZH, staff_code_fits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.review.store import Store

MOST_FAILURES: Final = 5
"""Wrong passwords after which nobody gets in under this name for some time."""
LOCKED_FOR: Final = timedelta(minutes=15)
SHORTEST: Final = 10
"""Letters of a password, at least."""
LONGEST: Final = 200
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
"""Of passwords that are made: none that looks like another one."""


@dataclass(frozen=True)
class User:
    """Somebody who may sign in."""

    id: str
    login: str
    name: str
    roles: tuple[Role, ...]
    area: str
    staff: str
    """Staff code, the `visitor_id` of their visits."""
    must_change: bool
    created_at: str
    locked_until: str | None = None
    disabled_at: str | None = None

    @property
    def principal(self) -> Principal:
        """Who asks."""
        return Principal(self.id, self.name, self.roles, self.area, "user")


class Users:
    """The users of a database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make(
        self, login: str, name: str, roles: Sequence[Role], area: str, staff: str, now: datetime
    ) -> tuple[User, str]:
        """A new user and the password, which is told this once. Raises UsageError for what makes no sense."""
        user = User(
            id=secrets.token_hex(6),
            login=_checked(login.strip().lower(), "login", 60),
            name=_checked(name.strip(), "name", 100),
            roles=_people(roles),
            area=checked_area(area),
            staff=_checked_staff(staff.strip()),
            must_change=True,
            created_at=stamp(now),
        )
        password = _random()
        row = _stored(user) | {"password": _hasher().hash(password), "failures": 0}
        try:
            with self._store.writing() as connection:
                connection.execute(insert(USERS).values(**row))
        except IntegrityError:
            raise UsageError(f"there is a user {user.login!r} already. / 已有登录名为“{user.login}”的用户。") from None
        return user, password

    def all(self) -> list[User]:
        """Every user that was ever made, by login."""
        with self._store.reading() as connection:
            return [user_of(row) for row in connection.execute(select(USERS).order_by(USERS.c.login)).mappings()]

    def of(self, login: str) -> User:
        """A user. Raises UsageError for an unknown one."""
        with self._store.reading() as connection:
            row = connection.execute(_BY_LOGIN, {"login": login.strip().lower()}).mappings().first()
        if row is None:
            raise UsageError(f"there is no user {login!r}. List them: riskmodel users list / 没有用户“{login}”。")
        return user_of(row)

    def reset(self, login: str) -> tuple[User, str]:
        """Give a new random password, end the sessions and the lock."""
        user, password = self.of(login), _random()
        self._change(user, password=_hasher().hash(password), must_change=True, failures=0, locked_until=None)
        return replace(user, must_change=True, locked_until=None), password

    def alter(self, login: str, *, roles: Sequence[Role], area: str) -> User:
        """Give other roles and another area; the sessions end, so that nothing goes on with the old ones.

        Raises UsageError where nobody would be left to manage the area.
        """
        user = self.of(login)
        now_is = replace(user, roles=_people(roles), area=checked_area(area))
        self._change(user, roles=_roles_text(now_is.roles), area=now_is.area)
        return now_is

    def disable(self, login: str, now: datetime) -> User:
        """Let nobody in under this name any more; open sessions end. Raises UsageError as `alter` does."""
        user = self.of(login)
        self._change(user, disabled_at=user.disabled_at or stamp(now))
        return self.of(login)

    def enable(self, login: str) -> User:
        """Let them in again, with the password that they had."""
        user = self.of(login)
        self._change(user, disabled_at=None, failures=0, locked_until=None)
        return self.of(login)

    def set_password(self, user: User, password: str) -> None:
        """Take another password, which they chose; their sessions end. Raises UsageError for one too easy to guess."""
        told = password.casefold()
        if not SHORTEST <= len(password) <= LONGEST or user.login in told or len(set(told)) < SHORTEST // 2:
            raise UsageError(
                f"a password needs {SHORTEST} to {LONGEST} letters, not the login and not the same few again. / "
                f"密码须为 {SHORTEST} 至 {LONGEST} 个字符，不得包含登录名，也不得只重复少数几个字符。"
            )
        self._change(user, password=_hasher().hash(password), must_change=False, failures=0, locked_until=None)

    def signed_in(self, login: str, password: str, now: datetime) -> User | None:
        """The user whose login and password these are; None otherwise, and for one who is locked or disabled.

        The same work is done for an unknown login, so that the time does not tell which ones there are.
        """
        with self._store.reading() as connection:
            row = connection.execute(_BY_LOGIN, {"login": login.strip().lower()}).mappings().first()
        hashed = row["password"] if row else _nobodys()
        right, better = _hasher().verify_and_update(password[:LONGEST], hashed)
        if row is None:
            return None
        locked = row["locked_until"] is not None and stamp(now) < row["locked_until"]
        if locked or row["disabled_at"] is not None:
            return None
        if not right:
            self._failed(row["id"], now)
            return None
        self._set(row["id"], failures=0, locked_until=None, **({"password": better} if better else {}))
        return user_of(row)

    def _failed(self, user_id: str, now: datetime) -> None:
        """Count a wrong password; the last one that is allowed locks, and the count begins anew."""
        locks = USERS.c.failures + 1 >= MOST_FAILURES
        with self._store.writing() as connection:
            connection.execute(
                update(USERS)
                .where(USERS.c.id == user_id)
                .values(
                    failures=case((locks, 0), else_=USERS.c.failures + 1),
                    locked_until=case((locks, stamp(now + LOCKED_FOR)), else_=USERS.c.locked_until),
                )
            )

    def _set(self, user_id: str, **values: Any) -> None:
        with self._store.writing() as connection:
            connection.execute(update(USERS).where(USERS.c.id == user_id).values(**values))

    def _change(self, user: User, **values: Any) -> None:
        """Change something after which nobody who is signed in stays so. The last administrator of an area stays."""
        with self._store.writing() as connection, an_administrator_stays(connection, user.id):
            connection.execute(update(USERS).where(USERS.c.id == user.id).values(**values))
            connection.execute(delete(SESSIONS).where(SESSIONS.c.user_id == user.id))


@cache
def _hasher() -> PasswordHash:
    """Argon2id with 19 MiB, two passes (OWASP, Password Storage Cheat Sheet): an old PC signs in many people."""
    return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def _random() -> str:
    """A password with 80 random bits, in groups that can be read out on the telephone."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _checked(text: str, what: str, most: int) -> str:
    if not text or len(text) > most or not text.isprintable():
        raise UsageError(
            f"a user needs a {what} of at most {most} printable characters. / "
            f"{_FIELDS[what]}不得为空，不超过 {most} 个字符。"
        )
    return text


def _checked_staff(code: str) -> str:
    """The staff code, which stands in visits and in the ledger."""
    if not staff_code_fits(code):
        raise UsageError(
            f"a user needs a {NOTE}. Where the login is none, give one beside it (--staff). / "
            f"工号{STAFF_CODE_ZH}；登录名不符合的，请另填工号。"
        )
    return code


_FIELDS: Final = {"login": "登录名", "name": "姓名"}


def _people(roles: Sequence[Role]) -> tuple[Role, ...]:
    if not roles or Role.CASE_SYSTEM in roles:
        raise UsageError(
            "a user needs a role: analyst, officer, reviewer or administrator. / "
            "用户至少要有一个角色：分析人员、乡镇工作人员、复核人员或管理员。"
        )
    return tuple(dict.fromkeys(roles))


def _roles_text(roles: Sequence[Role]) -> str:
    return " ".join(role.value for role in roles)


def _stored(user: User) -> dict[str, Any]:
    return vars(user) | {"roles": _roles_text(user.roles)}


def user_of(row: Any) -> User:
    """The user that a row of the table holds."""
    facts = {name: row[name] for name in User.__dataclass_fields__}
    return User(**facts | {"roles": tuple(Role(code) for code in row["roles"].split())})


_BY_LOGIN: Final = select(USERS).where(USERS.c.login == bindparam("login"))
