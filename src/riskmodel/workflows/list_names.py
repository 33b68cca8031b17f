"""Names behind the households of a list: of those on a page, and the households of a village that a name stands for."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
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
    """The household that an id or a number (户编号) names; None for a text that is neither, such as a name.

    The number itself goes nowhere: the log gets the id, and so may an address. Raises UsageError for a number where the
    installation has no key, without which no number can be known.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if ID.fullmatch(plain):
        return plain
    if not re.search(r"\d", plain):
        return None
    if not key_path(service.workspace).exists():
        raise UsageError("no number is known here. / 本机没有登记过户编号，请用系统编号（H 开头）查找。")
    return find(service.workspace, plain, who.actor, now).id


def named(
    service: Service, who: Principal, as_of: date | None, village: str, text: str, purpose: str, now: datetime
) -> dict[str, Identity] | None:
    """Households of a village whose head has a name with this text in it; None outside of the area of who asks.

    That all names of the village were looked through is in the audit log before. Raises UsageError for more than a
    village, and as `names_of`.
    """
    if len(village) != _VILLAGE:
        raise UsageError("choose a village first. / 按姓名查找请先选定一个村：姓名加密保存，一次只在一个村内查找。")
    if not who.sees(village):
        return None
    households = service.sheets.told(as_of, lambda sheet: _of_village(sheet, who, village))
    if households is None or len(households) > MOST_NAMES:
        raise UsageError(f"more than {MOST_NAMES} households. / 该村超过 {MOST_NAMES} 户，请改用户编号查找。")
    told = names_of(service, who, households, purpose, now)
    wanted = unicodedata.normalize("NFKC", text)
    return {one: them for one, them in told.items() if wanted in (them.head_name or them.name or "")}


def _of_village(sheet: Sheet, who: Principal, village: str) -> list[str]:
    inside = sheet.inside(who, village)
    return sheet.ids(inside[sheet.column("village")].nonzero()[0].tolist())
