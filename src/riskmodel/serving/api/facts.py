"""The shape of facts that are sent: a model per canonical table, made from the contract of the tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NotRequired

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    create_model,
    with_config,
)
from typing_extensions import TypedDict  # that of typing begins with Python 3.12 for pydantic

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Column, Type
from riskmodel.tables.table import Table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

MOST_ROWS: Final = 2000
"""Of one table: a household has far fewer."""
FIRST_AS_OF: Final = date(2010, 1, 1)
"""From then on the values of the policy that every assessment needs are in force; before, nothing can be said."""
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2200, 12, 31)
"""Of the days of rows: nobody who lives was born before, and no window of a feature leaves the calendar."""
_NOT_SENT: Final = ("batch_id",)
_LEFT_OUT: Final = ("household_id", "known_at", "source", "retracted")
"""What the workflow fills in."""
_TEXT: Final = 200


def _month(value: Any) -> Any:
    """A month may be written without its day."""
    return f"{value}-01" if isinstance(value, str) and len(value) == 7 else value


def day_as_text(value: Any) -> Any:
    """Days are written as text: a number could mean anything, and so could digits alone and a day with a time."""
    if not isinstance(value, str) or len(value) != 10 or value[4] != "-":
        raise ValueError("a day is written as YYYY-MM-DD")
    return value


def _day_of_a_row(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(f"a day from {FIRST_DAY} to {LAST_DAY}")
    return day


def _day_to_assess(day: date) -> date:
    """What is later than today is refused where the clock is read."""
    if day < FIRST_AS_OF:
        raise ValueError(f"a day from {FIRST_AS_OF} to today in China")
    return day


Day = Annotated[
    date,
    BeforeValidator(day_as_text),
    AfterValidator(_day_of_a_row),
    WithJsonSchema(
        {"type": "string", "format": "date", "formatMinimum": str(FIRST_DAY), "formatMaximum": str(LAST_DAY)}
    ),
]
"""A day of a row."""

_TYPES: Final[dict[Type, Any]] = {
    Type.ID: Annotated[str, Field(min_length=1, max_length=64)],
    Type.TEXT: Annotated[str, Field(min_length=1, max_length=_TEXT)],
    Type.AREA12: Annotated[str, Field(pattern="^[0-9]{12}$")],
    Type.DATE: Day,
    Type.MONTH: Annotated[Day, BeforeValidator(_month)],
    Type.YUAN: Annotated[Decimal, Field(max_digits=14, decimal_places=2)],
    Type.INT: Annotated[int, Field(strict=True, ge=-(2**31), le=2**31 - 1)],
    Type.NUM: Annotated[float, Field(ge=0)],
    Type.BOOL: Annotated[bool, Field(strict=True)],
}


def _typed(fact: Column) -> Any:
    if fact.type is Type.CODE:
        return Literal[*fact.allowed]
    return _TYPES[fact.type]


def row_type(
    table: Table, name: str, left_out: Collection[str] = _LEFT_OUT, not_sent: Collection[str] = _NOT_SENT
) -> Any:
    """A row of a table as a dictionary, with the name that it has in the description; what may be left out may be null.

    Not a model, for a household has hundreds of rows and nobody needs objects of them: that is half of the time.
    """
    fields: dict[str, Any] = {}
    for column, fact in table.facts.items():
        if fact.derived or column in not_sent:
            continue
        optional = fact.nullable or column in left_out or fact.default is not None
        about = "; ".join(text for text in (fact.title if fact.headers else "", fact.note) if text)
        kind: Any = Annotated[_typed(fact) | None if optional else _typed(fact), Field(description=about)]
        fields[column] = NotRequired[kind] if optional else kind
    made = TypedDict(name, fields)  # type: ignore[misc]  # made from the contract
    made.__doc__ = f"{table.title}: {table.purpose}"
    return with_config(ConfigDict(extra="forbid"))(made)


def whole(rows: Sequence[Mapping[str, Any]], kind: Any) -> list[dict[str, Any]]:
    """Rows of a type with null for what was left out."""
    nothing = dict.fromkeys(kind.__annotations__)
    return [{**nothing, **row} for row in rows]


_ROWS: Final = {
    name: row_type(table, "".join(word.capitalize() for word in name.split("_"))) for name, table in TABLES.items()
}


def _list_of(table: Table) -> Any:
    rows: Any = GenericAlias(list, (_ROWS[table.name],))
    return (Annotated[rows, Field(max_length=MOST_ROWS)], Field(default=[], description=table.title))


Tables: Final = create_model(
    "Tables",
    __config__=ConfigDict(extra="forbid"),
    __doc__="Facts of one household by canonical table (docs/tables.md).",
    **{name: _list_of(table) for name, table in TABLES.items()},
)


class Facts(BaseModel):
    """Facts of one household."""

    model_config = ConfigDict(extra="forbid")

    as_of: Annotated[date, BeforeValidator(day_as_text), AfterValidator(_day_to_assess)] | None = Field(
        default=None,
        description=f"From {FIRST_AS_OF} to today in China, the default; what became known later is not looked at",
    )
    complete: bool = Field(
        default=False,
        strict=True,
        description="The facts are all that the office knows: then a table without a row means what the county's full "
        "lists say, as in the monthly batch. Otherwise what is not sent is not known",
    )
    household_id: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        default=None,
        description="The household that is asked about, where rows of others are sent too: of those it came from "
        "(predecessor_id), and of where its people lived before. Default: all rows are of one household",
    )
    tables: Tables = Field(  # type: ignore[valid-type]  # made from the contract
        description="Rows by table; one that is left out has none"
    )

    def sent(self) -> dict[str, list[dict[str, Any]]]:
        """The rows by table."""
        return {name: whole(rows, _ROWS[name]) for name, rows in self.tables if rows}  # type: ignore[attr-defined]  # as above
