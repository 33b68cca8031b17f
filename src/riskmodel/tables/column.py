"""What is known about one column, and the functions that declare columns.

A declaration such as `yuan("总费用", sensitive=True)` gives a dataframely column, which does the checking, and
carries a `Column`, which tells the importer, the documentation and the screens what the column means.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypedDict, Unpack

import dataframely as dy
import polars as pl

from riskmodel.policy import Term
from riskmodel.tables.staff_code import NOTE, is_staff_code

FACTS = "riskmodel"
"""Key under which a dataframely column carries its `Column`."""

Vocabulary = type[Term]


class Type(StrEnum):
    """Types of the contract; the physical type is given by the factory of the same name below."""

    ID = "id"
    TEXT = "text"
    CODE = "code"
    AREA12 = "area12"
    DATE = "date"
    MONTH = "month"
    YUAN = "yuan"
    INT = "int"
    NUM = "num"
    BOOL = "bool"


@dataclass(frozen=True)
class Column:
    """Facts about one column. Amounts of type `yuan` are stored in fen."""

    name: str
    type: Type
    headers: tuple[str, ...]
    """Chinese headers as the offices write them, the usual one first; empty if no file carries the column."""
    nullable: bool
    sensitive: bool
    null_means: str = ""
    """What an empty cell says; empty = not known."""
    note: str = ""
    """Unit, range or remark, for people."""
    letter: str = ""
    """Kind of id: H household, P person, S settlement, L loan, M measure."""
    vocabulary: Vocabulary | None = None
    """List of words of a `code` column; its `from_label` reads the words of a file."""
    allowed: tuple[str, ...] = ()
    """Codes of the vocabulary that this column accepts."""
    default: bool | int | None = None
    """Value that stands in for a column missing in a file, where the contract gives one (reported as a warning)."""
    says: str = ""
    """What true means, in Chinese, where the header of a file asks the opposite; such a column is `inverted`."""
    true_if_cell_names: str = ""
    """The file has words instead of yes and no; true if the cell names this."""
    staff: bool = False
    """Code of somebody who works for an office."""
    derived: bool = False
    """Filled by the view, never by a file; may be null in the lake, never in the view."""

    @property
    def inverted(self) -> bool:
        """The header asks for a problem, the column says that all is well: a yes in the file is stored as false."""
        return bool(self.says)

    @property
    def title(self) -> str:
        """Chinese title of the stored value; the name where no file carries the column."""
        return self.says or (self.headers[0] if self.headers else self.name)


def normal_header(text: str) -> str:
    """A header or label as it is compared: NFKC, no spaces, lower case, without a unit in brackets."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    return re.sub(rf"\((?:{_UNITS})\)", "", plain)


class Options(TypedDict, total=False):
    """What can be said of a column of any type."""

    nullable: bool
    sensitive: bool
    null_means: str
    note: str
    default: bool | int | None
    says: str
    true_if_cell_names: str
    derived: bool


def identifier(letter: str, *headers: str, **options: Unpack[Options]) -> dy.String:
    """Hash of an identifier: one letter and 24 lower-case hex digits."""
    return dy.String(regex=f"^{letter}[0-9a-f]{{24}}$", **_common(Type.ID, headers, options, letter=letter))


def text(*headers: str, regex: str | None = None, **options: Unpack[Options]) -> dy.String:
    """Free text that is no personal data; an unknown text is null, never empty."""
    return dy.String(regex=regex or r"\S", **_common(Type.TEXT, headers, options))


def staff_code(*headers: str, **options: Unpack[Options]) -> dy.String:
    """Code of somebody who works for an office, which does not tell who they are."""
    facts = _common(Type.TEXT, headers, {"note": NOTE, **options}, staff=True)
    return dy.String(check={"staff_code": is_staff_code}, **facts)


def code(vocabulary: type[Term], *headers: str, only: tuple[Term, ...] = (), **options: Unpack[Options]) -> dy.String:
    """Code of a vocabulary, or of the part of it named by `only`.

    Stored as plain text with a check: a polars Enum would fail the whole column for one wrong cell, and frames of two
    releases could not be joined.
    """
    allowed = tuple(member.value for member in (only or tuple(vocabulary)))
    facts = _common(Type.CODE, headers, options, vocabulary=vocabulary, allowed=allowed)
    return dy.String(check={"code": lambda column: column.is_in(allowed)}, **facts)


def area12(*headers: str, village: bool = False, **options: Unpack[Options]) -> dy.String:
    """Area code of 12 ASCII digits; `village` = a code of the village level, whose last three digits are not 000."""
    last = "(?:[1-9][0-9]{2}|0[1-9][0-9]|00[1-9])" if village else "[0-9]{3}"
    return dy.String(regex=f"^[0-9]{{9}}{last}$", **_common(Type.AREA12, headers, options))


def date(*headers: str, **options: Unpack[Options]) -> dy.Date:
    """Calendar day in China time."""
    return dy.Date(**_common(Type.DATE, headers, options))


def month(*headers: str, **options: Unpack[Options]) -> dy.Date:
    """Month, stored as its first day."""
    return dy.Date(check={"month": _is_first_day}, **_common(Type.MONTH, headers, options))


def term(*headers: str, **options: Unpack[Options]) -> dy.Date:
    """School term, stored as 1 March (春季) or 1 September (秋季)."""
    check = {"month": _is_first_day, "term": lambda column: column.dt.month().is_in([3, 9])}
    return dy.Date(check=check, **_common(Type.MONTH, headers, options))


def yuan(*headers: str, signed: bool = False, positive: bool = False, **options: Unpack[Options]) -> dy.Int64:
    """Amount in fen (1/100 yuan), so that sums are exact; not below zero unless `signed`, above zero if `positive`."""
    least = None if signed else int(positive)
    return dy.Int64(min=least, **_common(Type.YUAN, headers, options))


def whole(*headers: str, least: int = 0, most: int | None = None, **options: Unpack[Options]) -> dy.Int32:
    """Whole number, at least `least`, at most `most` if given."""
    return dy.Int32(min=least, max=most, **_common(Type.INT, headers, options))


def number(*headers: str, most: float, **options: Unpack[Options]) -> dy.Float64:
    """Number in [0, most], never NaN."""
    return dy.Float64(min=0.0, max=most, **_common(Type.NUM, headers, options))


def flag(*headers: str, **options: Unpack[Options]) -> dy.Bool:
    """Yes or no; an empty cell is null, never no."""
    return dy.Bool(**_common(Type.BOOL, headers, options))


_UNITS = "万元|元|平方米|天|月|人|户"


def _common(type_: Type, headers: tuple[str, ...], options: Options, **special: Any) -> dict[str, Any]:
    """Arguments of every dataframely column; the name is filled in when the table is made."""
    nullable = options.get("nullable", False)
    facts = {"nullable": nullable, "sensitive": False, **options, **special}
    column = Column(name="", type=type_, headers=headers, **facts)
    # A derived column may be null in the lake, whatever the view promises.
    return {
        "nullable": nullable or column.derived,
        "metadata": {FACTS: column},
        "description": headers[0] if headers else None,
    }


def _is_first_day(column: pl.Expr) -> pl.Expr:
    return column.dt.day() == 1
