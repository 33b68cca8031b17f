"""Numbers of households, persons, bills, loans and measures -> keyed hashes, the only ids that the lake knows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.sources import id_numbers
from riskmodel.sources.cells import INVISIBLE
from riskmodel.sources.identities import identities
from riskmodel.sources.personal import PERSONAL
from riskmodel.sources.source import no_failures
from riskmodel.tables.checks import ROW
from riskmodel.tables.column import Type
from riskmodel.tables.staff_code import REASON, STAFF_CODE_ZH, is_staff_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from riskmodel.tables import Table

LETTERS: Final[Mapping[str, str]] = {"household": "H", "person": "P", "settlement": "S", "loan": "L", "measure": "M"}
"""Kind of id -> its first letter."""

DIGITS_LOST: Final = "digits_lost"
CHECK_DIGIT: Final = "check_digit"
NUMBER_FORM: Final = "number_form"
STAFF_CODE: Final = "staff_code"
"""Rules named in reports: the number cannot be used; its check digit is wrong; it is no identity number at all."""

_REASONS: Final = {
    DIGITS_LOST: "digits are lost: a spreadsheet keeps 15 digits of a number. Set the column to text and export it "
    "again / 号码为数值或科学计数格式,末尾数字已丢失,请将该列设为文本后重新导出",
    CHECK_DIGIT: "the check digit is wrong; the number was kept / 校验位不符,按原号码保留",
    STAFF_CODE: f"was hashed: {REASON.partition(' / ')[0]} / 已转为标识:{STAFF_CODE_ZH}",
    NUMBER_FORM: "neither 15 nor 18 characters long; the number was kept / 不是15位或18位号码,按原号码保留",
}
_EXPONENT: Final = r"^[0-9](?:\.[0-9]+)?E\+?[0-9]{2}$"
_WITH_DECIMALS: Final = r"^[0-9]+\.0*$"
_HEX_DIGITS: Final = 24
_BLOCK: Final = 64
_SPREADSHEET_DIGITS: Final = 15
_KINDS: Final = {letter: kind for kind, letter in LETTERS.items()}
_MEASURE: Final = ("household_id", "person_id", "measure", "option", "started_on", "project_id")
_NO_NUMBER: Final = (
    "",
    "无",
    "暂无",
    "没有",
    "不详",
    "未知",
    "无证",
    "未办",
    "-",
    "--",
    "—",
    "/",
    "NULL",
    "NONE",
    "N/A",
    "0",
)
"""Words that stand in a column of numbers where there is none."""
_COMING_AGAIN: Final = frozenset({"household", "person", "loan"})


@dataclass(frozen=True)
class Hashed:
    """Rows whose ids are hashes, and what came to light on the way."""

    rows: pl.DataFrame = field(repr=False)
    """As they came, with hashed ids and without the personal columns; ids that cannot be used are null."""
    unreadable: pl.DataFrame = field(repr=False)
    """Ids of which digits are lost, as `no_failures`; their rows have to be refused."""
    warned: pl.DataFrame = field(repr=False)
    """Odd numbers that are kept, as `no_failures`."""
    identities: pl.DataFrame = field(repr=False)
    """What the identity store should know, see `identities.IDENTITY_SCHEMA`."""
    aliases: pl.DataFrame = field(repr=False)
    """`noid_id`, `person_id`: the hash that a person with number would have had without it."""


class Hasher:
    """HMAC-SHA256 with the key of the installation, cut to 24 hex digits behind the letter of the kind."""

    def __init__(self, key: bytes) -> None:
        padded = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
        self._met: dict[str, pl.DataFrame] = {}

    def ids(self, kind: str, values: pl.Series, *, group: str = "") -> pl.Series:
        """Ids of values in the form of `normal_number`; each distinct value is hashed once, null stays null.

        Households, persons and loans come again with every file: their ids are remembered as long as this object lives.
        Values of a `group` are remembered apart from others: what is looked up together is found faster so.
        """
        asked = values.to_frame("value")
        met = self._met.get(kind + group, pl.DataFrame(schema={"value": pl.String, "id": pl.String}))
        found = asked.join(met, on="value", how="left", maintain_order="left")
        if found["id"].null_count() > values.null_count():
            new = found.filter(pl.col("id").is_null()).select("value").drop_nulls().unique()
            hashes = pl.Series("id", list(self._hashes(kind, new["value"].to_list())), dtype=pl.String)
            met = pl.concat([met, new.with_columns(hashes)])
            found = asked.join(met, on="value", how="left", maintain_order="left")
        if kind in _COMING_AGAIN:
            self._met[kind + group] = met
        return found["id"].alias(values.name)

    def _hashes(self, kind: str, values: list[str]) -> Iterator[str]:
        """HMAC by hand: its two inner states are prepared once, which makes it three times as fast as `hmac`."""
        letter, inner, outer = LETTERS[kind], self._inner.copy(), self._outer
        inner.update(f"{kind}:".encode())
        for value in values:
            first, second = inner.copy(), outer.copy()
            first.update(value.encode())
            second.update(first.digest())
            yield letter + second.hexdigest()[:_HEX_DIGITS]


def normal_number(text: pl.Series, kind: str) -> pl.Series:
    """Numbers in the one form that is hashed: NFKC, without spaces, upper case, persons' numbers with 18 characters."""
    narrow = text if (text.str.len_bytes() == text.str.len_chars()).all() else text.str.normalize("NFKC")
    plain = narrow.str.replace_all(INVISIBLE, "").str.to_uppercase()
    plain = plain.set(plain.is_in(_NO_NUMBER).fill_null(value=False), None)
    if kind == "person":
        return id_numbers.full_length(plain)
    decimals = plain.str.contains(".0", literal=True).any()
    return plain.str.replace(r"^([0-9]{1,15})\.0+$", "${1}") if decimals else plain


def hash_rows(spec: Table, values: pl.DataFrame, numeric: pl.DataFrame, hasher: Hasher) -> Hashed:
    """Replace the numbers of one file by hashes.

    `values` is what `read_cells` gave: numbers as text, personal columns beside them. `numeric` lists the cells of ids
    that were numbers in the file by `row` and `column`. Of members without number, household, name and birth month
    serve as one; birth month and sex come from the number where the file lacks them; a measure without number is known
    by its content.
    """
    kinds = {name: _KINDS[fact.letter] for name, fact in spec.facts.items() if fact.type is Type.ID}
    given = {name: normal_number(values[name], kind) for name, kind in kinds.items() if name in values.columns}
    sound = {name: id_numbers.sound(text) for name, text in given.items() if kinds[name] == "person"}
    lost = {name: _lost(text, sound.get(name), _marked(values, numeric, name)) for name, text in given.items()}
    numbers = {name: text.set(lost[name], None) for name, text in given.items()}
    warned = [_odd_persons(values[ROW], name, numbers[name], right) for name, right in sound.items()]
    told = _with_birth_and_sex(spec, values, numbers, sound)
    stand_in, person = _stand_in(told, numbers), numbers.get("person_id")
    if stand_in is not None:
        numbers["person_id"] = stand_in if person is None else stand_in.zip_with(given["person_id"].is_null(), person)
    if spec.name == "measures":
        numbers["measure_id"] = _measure_number(told, numbers)
    hashed = told.with_columns(**{name: hasher.ids(kinds[name], text) for name, text in numbers.items()})
    hashed, personal = _without_names(spec, hashed, hasher)
    warned += personal
    return Hashed(
        rows=hashed.drop(PERSONAL, strict=False),
        unreadable=_report(_lines(values[ROW], name, text, lost[name], DIGITS_LOST) for name, text in given.items()),
        warned=_report(warned),
        identities=identities(spec, hashed, numbers.get("household_id")),
        aliases=_aliases(stand_in, hashed, person, hasher),
    )


def _without_names(spec: Table, rows: pl.DataFrame, hasher: Hasher) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """What stands for a staff code and may say who somebody is, is hashed as persons are; each is reported unseen.

    The row stays: a household is not left out because an office wrote a name where a code belongs.
    """
    found = []
    for name in (name for name, fact in spec.facts.items() if fact.staff and name in rows.columns):
        text = rows[name]
        says_who = rows.select(~is_staff_code(pl.col(name))).to_series().fill_null(value=False)
        if says_who.any():
            rows = rows.with_columns(hasher.ids("person", text).zip_with(says_who, text).alias(name))
            found.append(_lines(rows[ROW], name, rows[name], says_who, STAFF_CODE))
    return rows, found


def _marked(values: pl.DataFrame, numeric: pl.DataFrame, name: str) -> pl.Series:
    """Which cells of a column were numbers in the file."""
    return values[ROW].is_in(numeric.filter(column=name)[ROW].implode())


def _lost(numbers: pl.Series, sound: pl.Series | None, numeric: pl.Series) -> pl.Series:
    """Where a spreadsheet cut or rounded the digits: it keeps 15 of them. `sound`: check digits of persons' numbers."""
    rounded = numbers.str.contains(_EXPONENT)
    if sound is not None:
        cut = numbers.str.slice(15, 3) == "000"
        gone = rounded | numbers.str.contains(_WITH_DECIMALS) | numeric | (cut & ~sound)
    else:
        gone = rounded | (numeric & (numbers.str.len_chars() > _SPREADSHEET_DIGITS))
    return gone.fill_null(value=False)


def _odd_persons(rows: pl.Series, name: str, numbers: pl.Series, sound: pl.Series) -> pl.DataFrame:
    strange = numbers.is_not_null() & ~sound
    if not strange.any():
        return no_failures()
    has_form = numbers.str.contains(id_numbers.FULL)
    return pl.concat(
        [
            _lines(rows, name, numbers, has_form & strange, CHECK_DIGIT),
            _lines(rows, name, numbers, ~has_form, NUMBER_FORM),
        ]
    )


def _with_birth_and_sex(
    spec: Table, values: pl.DataFrame, numbers: Mapping[str, pl.Series], sound: Mapping[str, pl.Series]
) -> pl.DataFrame:
    """Birth month and sex as given, where they are missing from the number of the person."""
    if not {"birth_month", "sex"} <= spec.facts.keys() or "person_id" not in numbers:
        return values
    person = numbers["person_id"].set(~sound["person_id"], None)
    derived = {"birth_month": id_numbers.birth_month(person), "sex": id_numbers.sex(person)}
    kept = {name: values[name] for name in derived if name in values.columns}
    filled = {
        name: kept[name].zip_with(kept[name].is_not_null(), found) if name in kept else found
        for name, found in derived.items()
    }
    return values.with_columns(**filled)


def _stand_in(told: pl.DataFrame, numbers: Mapping[str, pl.Series]) -> pl.Series | None:
    """What people are known by without a number; null where a part is missing, None where the file has no such part."""
    if not {"person_name", "birth_month"} <= set(told.columns) or "household_id" not in numbers:
        return None
    parts = pl.DataFrame(
        {
            "household": numbers["household_id"],
            "name": normal_number(told["person_name"], "household"),
            "born": told["birth_month"].cast(pl.String).str.slice(0, 7),
        }
    )
    return parts.select(pl.concat_str(pl.lit("noid"), *parts.columns, separator="|")).to_series()


def _aliases(
    stand_in: pl.Series | None, hashed: pl.DataFrame, person: pl.Series | None, hasher: Hasher
) -> pl.DataFrame:
    if stand_in is None or person is None:
        return pl.DataFrame(schema={"noid_id": pl.String, "person_id": pl.String})
    both = hashed.select("person_id", stand_in=stand_in).filter(person.is_not_null() & stand_in.is_not_null())
    return both.select(noid_id=hasher.ids("person", both["stand_in"], group=" without number"), person_id="person_id")


def _measure_number(told: pl.DataFrame, numbers: Mapping[str, pl.Series]) -> pl.Series:
    """The number of the measure, else what it is: whose, which, since when."""
    known = told.with_columns(**{name: numbers[name] for name in _MEASURE if name in numbers})
    days = pl.selectors.date().dt.strftime("%Y-%m-%d")
    parts = [pl.col(name).fill_null("") if name in known.columns else pl.lit("") for name in _MEASURE]
    content = known.with_columns(days).select(pl.concat_str(parts, separator="|")).to_series()
    given = numbers.get("measure_id")
    return content if given is None else given.zip_with(given.is_not_null(), content)


def _lines(rows: pl.Series, column: str, numbers: pl.Series, odd: pl.Series, rule: str) -> pl.DataFrame:
    """One line per odd number, as `no_failures`."""
    if not odd.any():
        return no_failures()
    found = pl.DataFrame({ROW: rows, "value": numbers}).filter(odd)
    return found.select(
        ROW, column=pl.lit(column), value=pl.col("value"), rule=pl.lit(rule), reason=pl.lit(_REASONS[rule])
    )


def _report(lines: Iterable[pl.DataFrame]) -> pl.DataFrame:
    found = [part for part in lines if part.height]
    return pl.concat([no_failures(), *found]).sort(ROW, maintain_order=True) if found else no_failures()
