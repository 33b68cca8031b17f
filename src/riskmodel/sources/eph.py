"""Argentina's household survey (INDEC, Encuesta Permanente de Hogares) as canonical tables.

Real households, four visits each (two quarters, a pause of two, two more), with income by component, work, schooling
and health cover. It proves features, model and explanations on reality; it is not a Chinese county. What the survey
does not know stays missing: no illness episodes, no loan amounts, no assistance lists, no official house grade, nobody
identified.

Conventions, since the files only say the quarter: members and water are dated by the first day of the quarter's middle
month, incomes and surveys by the month before it, and everything is known 15 days after the quarter's end. An income
survey is one month times 12, and so is the line it is compared with. Money is in pesos where the contract says yuan:
only ratios are used. Some households report slightly more than the sum of the items; the rest goes to `tr_other`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.policy import KINDS
from riskmodel.sources.eph_rows import MONEY, rows_of
from riskmodel.sources.source import Received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RELEASE_DAYS = 15
"""Days from the end of a quarter to the day its files are taken as known; the files do not tell the true date."""
SOURCE = "stats"

_KEY = ["CODUSU", "NRO_HOGAR"]
_HOUSEHOLD = [*_KEY, "REALIZADA", "REGION", "AGLOMERADO", "PONDERA", "IX_TOT", "ITF", "IPCF", "IDIMPH", "IV7"]
_CODES = ["CH03", "CH04", "CH06", "CH08", "CH10", "CH12", "NIVEL_ED", "ESTADO", "CAT_OCUP", "CAT_INAC", "PP07H",
          "PP07I", "PP04B_COD", "IDIMPP"]  # fmt: skip
_TEXT = {"CODUSU", "IDIMPH", "IDIMPP"}
_AMOUNTS = {*MONEY, "ITF", "IPCF"}
_PERSON = [*_KEY, "COMPONENTE", *_CODES, *MONEY]


@dataclass(frozen=True)
class Quarter:
    """One quarter of the survey: households (one row each) and persons, numbers as read, ids already canonical."""

    year: int
    quarter: int
    households: pl.DataFrame = field(repr=False)
    persons: pl.DataFrame = field(repr=False)
    sha256: str

    @property
    def middle(self) -> date:
        """First day of the middle month: date of members, housing and work."""
        return date(self.year, self.quarter * 3 - 1, 1)

    @property
    def income_month(self) -> date:
        """Month that the incomes were earned in."""
        return date(self.year, self.quarter * 3 - 2, 1)

    @property
    def known_at(self) -> date:
        """Day from which the quarter counts as known."""
        after = date(self.year + self.quarter // 4, self.quarter % 4 * 3 + 1, 1)
        return after + timedelta(days=RELEASE_DAYS - 1)

    @property
    def line(self) -> float:
        """Poverty line of the quarter in pesos per person and month: 0.6 of the weighted median of per-capita income.

        Weight = household weight times size; the median is the first income, ascending, at which the cumulated weight
        reaches half of the total.
        """
        ordered = self.households.sort("IPCF", maintain_order=True)
        cumulated = (ordered["PONDERA"] * ordered["IX_TOT"]).cum_sum()
        position = int((cumulated < cumulated[-1] / 2).sum())
        return round(0.6 * float(ordered["IPCF"][position]), 6)


def quarters(raw: Path) -> Iterator[Quarter]:
    """Read the quarters below `raw` (`hogar/hogar_aYYtQ.tsv.gz`, `individual/indiv_aYYtQ.tsv.gz`) in order of time.

    Raises RejectedFile when the folder holds no quarter or a quarter lacks its file of persons.
    """
    files = sorted(raw.glob("hogar/hogar_a??t?.tsv.gz"))
    if not files:
        raise RejectedFile(
            f"{raw}: no file hogar/hogar_aYYtQ.tsv.gz here. Give the folder that holds hogar/ and individual/."
        )
    for path in files:
        tag = path.name[6:11]
        other = raw / "individual" / f"indiv_{tag}.tsv.gz"
        if not other.exists():
            raise RejectedFile(f"{other} is missing beside {path}. Put the file of persons of the same quarter there.")
        yield _read_quarter(path, other, 2000 + int(tag[1:3]), int(tag[4]))


def deliveries(quarters_in_order: Iterator[Quarter] | list[Quarter]) -> Iterator[Received]:
    """The files of each quarter as canonical rows, one `Received` per table, in the order in which they are known."""
    before: list[Quarter] = []
    for quarter in quarters_in_order:
        for name, frame in rows_of(quarter, before).items():
            if frame.height:
                file = f"eph-{quarter.year}Q{quarter.quarter}"
                yield Received(file, name, frame, quarter.known_at, SOURCE, quarter.sha256)
        before.append(quarter)


def policy_entries(all_quarters: list[Quarter]) -> dict[str, list[dict[str, object]]]:
    """Policy of the survey's technical area 9901, by kind, in the form of a policy file.

    The line of a quarter is twelve times its monthly line, in force for the quarter and known with it. Ages and tiers
    are conventions for a study: the survey's country has no such offices.
    """
    shared = {"area": "9901", "published_on": date(2003, 1, 1), "effective_from": date(2003, 1, 1), "confirmed": True}
    convention = shared | {"source": "Convention of this study, see docs/eph.md"}
    numbers = {"age.working_min": 16, "age.working_max": 64, "age.school_min": 6, "age.school_max": 15,
               "tier.very_high": 0.4, "tier.high": 0.2, "tier.medium": 0.1, "label.reporting_delay_months": 0,
               "run_day": 15, "min_history_months": 2, "quarantine_share_max": 0.01}  # fmt: skip
    entries = {kind: [convention | {"value": value, "unit": KINDS[kind].unit}] for kind, value in numbers.items()}
    return entries | {"monitoring_line": [_line_entry(quarter) for quarter in all_quarters]}


def _line_entry(quarter: Quarter) -> dict[str, object]:
    return {
        "area": "9901",
        "value": round(quarter.line * 12, 6),
        "unit": "yuan/person/year",
        "published_on": quarter.known_at,
        "effective_from": quarter.income_month,
        "effective_to": date(quarter.year + quarter.quarter // 4, quarter.quarter % 4 * 3 + 1, 1),
        "source": "INDEC, Encuesta Permanente de Hogares: 0.6 of the weighted median per-capita income of the quarter, "
        "times 12",
        "confirmed": True,
        "note": "pesos; a line relative to the median of the same quarter",
    }


def imputed(quarter: Quarter) -> pl.DataFrame:
    """`household_id` and whether an income of the household or of a member was filled by INDEC. Never a feature."""
    filled = pl.col("IDIMPP").fill_null("0").str.contains("[1-9]")
    persons = quarter.persons.group_by("household_id").agg(filled=filled.any())
    own = pl.col("IDIMPH").fill_null("0").str.contains("[1-9]")
    joined = quarter.households.join(persons, on="household_id", maintain_order="left")
    return joined.select("household_id", imputed=own | pl.col("filled"))


def _read_quarter(households: Path, persons: Path, year: int, quarter: int) -> Quarter:
    h = _read(households, _HOUSEHOLD).filter(pl.col("REALIZADA") == 1)
    p = _read(persons, _PERSON)
    region, city = pl.col("REGION"), pl.col("AGLOMERADO")
    village = (9_901_00_000_001 + region * 1_000_000 + city * 1_000).cast(pl.String)
    h = h.with_columns(household_id=_hash("H", h, _KEY), village_code=village).with_columns(
        county=pl.col("village_code").str.slice(0, 6)
    )
    p = p.with_columns(household_id=_hash("H", p, _KEY), person_id=_hash("P", p, [*_KEY, "COMPONENTE"]))
    p = p.join(h.select("household_id", "county"), on="household_id", how="inner", maintain_order="left")
    h = h.join(p.select("household_id").unique(), on="household_id", how="semi", maintain_order="left")
    digest = hashlib.sha256(households.read_bytes() + persons.read_bytes()).hexdigest()
    return Quarter(year, quarter, h, p, digest)


def _read(path: Path, columns: list[str]) -> pl.DataFrame:
    """Tab separated, UTF-8, decimal point; dwelling code and imputation flags are text, amounts floats, codes whole."""
    try:
        read = pl.read_csv(path, separator="\t", columns=columns, infer_schema=False, quote_char=None)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise RejectedFile(f"{path} cannot be read ({error}). Get the file from its source again.") from error
    text = read.with_columns(pl.all().str.strip_chars())
    filled = {c: pl.col(c).replace({"": None, "None": None}) for c in columns if c not in _TEXT}
    for name, cells in text.select(**filled).to_dict().items():
        strange = cells.filter(cells.is_not_null() & cells.cast(pl.Float64, strict=False).is_null())
        if strange.len():
            raise RejectedFile(f"{path}: {name} holds {strange[0]!r}, which is no number. Use the file as published.")
    numbers = {name: cells.cast(pl.Float64) for name, cells in filled.items()}
    return text.with_columns(*(e if name in _AMOUNTS else e.cast(pl.Int64) for name, e in numbers.items()))


def _hash(letter: str, rows: pl.DataFrame, columns: list[str]) -> pl.Series:
    """Canonical ids of the survey's public keys. They are pseudonyms of INDEC already, so no secret key is used."""
    parts = [pl.col(c).cast(pl.String) for c in columns]
    keys = rows.select(key=pl.concat_str(parts, separator="|"))["key"]
    names = keys.unique()
    hashed = [letter + hashlib.sha256(f"eph:{name}".encode()).hexdigest()[:24] for name in names]
    return keys.replace_strict(names, pl.Series(hashed, dtype=pl.String), return_dtype=pl.String)
