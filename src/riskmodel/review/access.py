"""Who may do what, and where: the one place that says whether a household may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from riskmodel.errors import UsageError
from riskmodel.policy.term import Term

AREA_DIGITS: Final = (0, 2, 4, 6, 9, 12)
"""Length of an area: everything, province, prefecture, county, township, village."""


class Right(StrEnum):
    """What a role allows."""

    READ = "read"
    """Read scores, explanations and lists."""
    ASSESS = "assess"
    """Have facts assessed that are sent along."""
    VISIT = "visit"
    """Send what was found on a visit."""
    NAMES = "names"
    """See names, addresses and telephones."""
    DECIDE = "decide"
    """Write verdicts and entries of the ledger."""
    CLOSE = "close"
    """Close an entry of the ledger, as the second person."""
    MANAGE = "manage"
    """Make and end users and keys, promote models, search the audit log; no household is seen by it."""


class NotAllowed(UsageError):
    """Somebody's roles do not allow what they asked for."""

    def __init__(self, right: Right) -> None:
        super().__init__(
            f"your roles do not allow this ({right.value}). Ask the administrator. / 您的角色没有此项权限。"
        )


class Role(Term):
    """What somebody, or a case system, is to the office."""

    CASE_SYSTEM = "case_system", "业务系统", "Case system"
    ANALYST = "analyst", "分析人员", "Analyst"
    OFFICER = "officer", "乡镇工作人员", "Township officer"
    REVIEWER = "reviewer", "复核人员", "Reviewer"
    ADMINISTRATOR = "administrator", "管理员", "Administrator"

    @property
    def rights(self) -> frozenset[Right]:
        """What it allows."""
        return _RIGHTS[self]


_RIGHTS: Final = {
    Role.CASE_SYSTEM: frozenset({Right.READ, Right.ASSESS, Right.VISIT}),
    Role.ANALYST: frozenset({Right.READ, Right.ASSESS}),
    Role.OFFICER: frozenset({Right.READ, Right.VISIT, Right.NAMES, Right.DECIDE}),
    Role.REVIEWER: frozenset({Right.READ, Right.VISIT, Right.NAMES, Right.DECIDE, Right.CLOSE}),
    Role.ADMINISTRATOR: frozenset({Right.MANAGE}),
}


@dataclass(frozen=True)
class Principal:
    """Who asks: a key or a user, with roles and the area they answer for."""

    id: str
    name: str
    roles: tuple[Role, ...]
    area: str
    """Prefix of the area code; empty = everywhere."""
    kind: Literal["key", "user"] = "key"

    @property
    def actor(self) -> str:
        """How the audit log names them."""
        return f"{self.kind} {self.id}"

    def may(self, right: Right) -> bool:
        """Whether one of the roles allows it."""
        return any(right in role.rights for role in self.roles)

    def require(self, right: Right) -> None:
        """Raise NotAllowed where none of the roles allows it."""
        if not self.may(right):
            raise NotAllowed(right)

    def sees(self, code: str) -> bool:
        """Whether a place (or a part of the country) lies wholly in the area. API, pages and exports ask here."""
        return code.startswith(self.area)


def checked_area(text: str) -> str:
    """An area as the code of a province, prefecture, county, township or village; empty = everywhere.

    Raises UsageError for anything else.
    """
    if len(text) not in AREA_DIGITS or not ((text.isascii() and text.isdigit()) or text == ""):
        raise UsageError(
            f"{text!r} is no area. Write the first 2, 4, 6, 9 or 12 digits of the area code. / "
            "辖区须为行政区划代码的前 2、4、6、9 或 12 位数字；留空表示全部。"
        )
    return text


def role_of(code: str) -> Role:
    """The role that a code or title names. Raises UsageError for another word."""
    found = Role.from_label(code)
    if found is None:
        known = ", ".join(f"{role.value} {role.zh}" for role in Role)
        raise UsageError(f"no role {code!r}. Roles: {known}. / 没有这种角色，可选：{'、'.join(r.zh for r in Role)}。")
    return found
