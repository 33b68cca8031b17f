"""Parts of a published month: what lists and counts are made of, for all households at once, so that none is scanned.

A part is some bytes under a name; what they mean, who makes them says. They appear with the month and go with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from riskmodel.errors import UsageError
from riskmodel.review.assessments import Month, MonthReplaced
from riskmodel.review.schema import MONTHS, PARTS

if TYPE_CHECKING:
    from riskmodel.review.store import Store


class NotPrepared(UsageError):
    """The month was published by a version that made no lists."""


def part(store: Store, month: Month, name: str) -> bytes:
    """A part of a month. Raises MonthReplaced where it was published again since, NotPrepared where it has none."""
    with store.reading() as connection:
        found = connection.execute(_PART, {"day": month.as_of, "at": month.published_at, "name": name}).first()
    if found is None:
        raise MonthReplaced
    if found.content is None:
        raise NotPrepared(
            f"{month.as_of} was published by an older version, without lists and counts. Publish it again: riskmodel "
            f"publish --as-of {month.as_of} / {month.as_of} 这一期由旧版本发布，没有清单和统计。请管理员重新发布："
            f"riskmodel publish --as-of {month.as_of}"
        )
    return bytes(found.content)


_PART: Final = (
    select(PARTS.c.content)
    .select_from(MONTHS)
    .outerjoin(PARTS, (PARTS.c.as_of == MONTHS.c.as_of) & (PARTS.c.name == bindparam("name")))
    .where(MONTHS.c.as_of == bindparam("day"), MONTHS.c.published_at == bindparam("at"))
)
