"""Names behind the households of a list: of those on a page, and the households of a village that a name stands for."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.review.assessments import homes_beginning
from riskmodel.review.identities import Reader
from riskmodel.workflows.installation import find, identify, key_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.identities import Identity
    from riskmodel.workflows.month_sheet import Sheet
    from riskmodel.workflows.service import Service

ID: Final = re.compile("H[0-9a-f]{24}")
MOST_NAMES: Final = 1000
"""Names that one search may look through: they lie encrypted one by one, without an index that would tell which are
alike, and each takes some 20 microseconds to open."""
_VILLAGE: Final = 12
_SHOWN: Final = re.compile("H[0-9a-f]{6,23}")
"""The beginning of an id."""


class TooWide(UsageError):
    """A name is looked for among more households than one search looks through."""

    def __init__(self) -> None:
        super().__init__(
            f"choose a village first: one search looks through {MOST_NAMES} names at most. / "
            f"按姓名查找请先选定一个村：姓名加密保存，一次最多查找 {MOST_NAMES} 户；仍超过的请改用户编号查找。"
        )


def names_of(
    service: Service, who: Principal, households: Sequence[str], purpose: str, now: datetime
) -> dict[str, Identity]:
    """Who stands behind households that who asks was just shown; without those whose names were never told here.

    What they are looked at for is in the audit log before a name is read. Raises UsageError for a purpose that says
    nothing, or that holds a long number.
    """
    if not households or not key_path(service.workspace).exists():  # without a key no name can have been stored
        return {}
    reader = Reader(who.actor, f"names: {purpose}" if purpose.strip() else "")
    return {one.id: one for one in identify(service.workspace, households, reader, now).identities}


def household_of(service: Service, who: Principal, text: str, now: datetime) -> str | None:
    """The household that an id, the beginning of one or a number (户编号) names; None for another text, such as a name.

    The number itself goes nowhere: the log gets the id, and so may an address. Raises UsageError for a number where the
    installation has no key, without which no number can be known.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if ID.fullmatch(plain):
        return plain
    if _SHOWN.fullmatch(plain.rstrip(".")):  # as lists show it, with dots after it
        begun = homes_beginning(service.store, plain.rstrip("."), MOST_NAMES)
        seen = [household for household, village in begun if who.sees(village)]
        if len(seen) > 1:
            raise UsageError("several households have such an id. / 有几户的系统编号都这样开头，请多输入几位。")
        if seen:
            return seen[0]
    if not re.search(r"\d", plain):
        return None
    if not key_path(service.workspace).exists():
        raise UsageError("no number is known here. / 本机没有登记过户编号，请用系统编号（H 开头）查找。")
    return find(service.workspace, plain, who.actor, now).id


def named(
    service: Service, who: Principal, as_of: date | None, village: str, text: str, purpose: str, now: datetime
) -> dict[str, Identity] | None:
    """Households of a village whose head has a name with this text in it; None outside of the area of who asks.

    Raises TooWide for more than a village, and as `with_name`.
    """
    if not who.sees(village):
        return None
    if len(village) != _VILLAGE:
        raise TooWide
    households = service.sheets.told(as_of, lambda sheet: _of_village(sheet, who, village))
    return with_name(service, who, households or [], text, purpose, now)


def with_name(
    service: Service, who: Principal, households: Sequence[str], text: str, purpose: str, now: datetime
) -> dict[str, Identity]:
    """Those of some households whose head has a name with this text in it.

    That all of their names were looked through is in the audit log before. Raises TooWide for more than `MOST_NAMES`,
    and as `names_of`.
    """
    if len(households) > MOST_NAMES:
        raise TooWide
    told = names_of(service, who, households, purpose, now)
    wanted = unicodedata.normalize("NFKC", text)
    return {one: them for one, them in told.items() if wanted in (them.head_name or them.name or "")}


def _of_village(sheet: Sheet, who: Principal, village: str) -> list[str]:
    inside = sheet.inside(who, village)
    return sheet.ids(inside[sheet.column("village")].nonzero()[0].tolist())
