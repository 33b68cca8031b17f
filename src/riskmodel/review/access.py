"""Who may do what, and where: the one place that says whether a household may be seen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

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


class Role(Term):
    """What somebody, or a case system, is to the office."""

    CASE_SYSTEM = "case_system", "业务系统", "Case system"
    ANALYST = "analyst", "分析人员", "Analyst"
    OFFICER = "officer", "乡镇工作人员", "Township officer"
    REVIEWER = "reviewer", "复核人员", "Reviewer"

    @property
    def rights(self) -> frozenset[Right]:
        """What it allows."""
        return _RIGHTS[self]


_RIGHTS: Final = {
    Role.CASE_SYSTEM: frozenset({Right.READ, Right.ASSESS, Right.VISIT}),
    Role.ANALYST: frozenset({Right.READ, Right.ASSESS}),
    Role.OFFICER: frozenset({Right.READ, Right.VISIT, Right.NAMES}),
    Role.REVIEWER: frozenset({Right.READ, Right.VISIT, Right.NAMES}),
}


@dataclass(frozen=True)
class Principal:
    """Who asks: a key or a user, with roles and the area they answer for."""

    id: str
    name: str
    roles: tuple[Role, ...]
    area: str
    """Prefix of the area code; empty = everywhere."""

    def may(self, right: Right) -> bool:
        """Whether one of the roles allows it."""
        return any(right in role.rights for role in self.roles)

    def sees(self, code: str) -> bool:
        """Whether a place (or a part of the country) lies wholly in the area. API, pages and exports ask here."""
        return code.startswith(self.area)


def checked_area(text: str) -> str:
    """An area as the code of a province, prefecture, county, township or village; empty = everywhere.

    Raises UsageError for anything else.
    """
    if len(text) not in AREA_DIGITS or not ((text.isascii() and text.isdigit()) or text == ""):
        raise UsageError(f"{text!r} is no area. Write the first 2, 4, 6, 9 or 12 digits of the area code.")
    return text
