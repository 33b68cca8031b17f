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
from riskmodel.sources.source import Received

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RELEASE_DAYS = 15
"""Days from the end of a quarter to the day its files are taken as known; the files do not tell the true date."""
SOURCE = "stats"

_KEY = ["CODUSU", "NRO_HOGAR"]
_HOUSEHOLD = [*_KEY, "REALIZADA", "REGION", "AGLOMERADO", "PONDERA", "IX_TOT", "ITF", "IPCF", "IDIMPH", "IV7"]
_MONEY = ["P21", "TOT_P12", "V2_M", "V3_M", "V4_M", "V5_M", "V8_M", "V9_M", "V10_M", "V11_M", "V12_M", "V18_M",
          "V19_AM", "V21_M"]  # fmt: skip
_CODES = ["CH03", "CH04", "CH06", "CH08", "CH10", "CH12", "NIVEL_ED", "ESTADO", "CAT_OCUP", "CAT_INAC", "PP07H",
"PP07I",
          "PP04B_COD", "IDIMPP"]  # fmt: skip
_TEXT = {"CODUSU", "IDIMPH", "IDIMPP"}
_AMOUNTS = {*_MONEY, "ITF", "IPCF"}
_PERSON = [*_KEY, "COMPONENTE", *_CODES, *_MONEY]

_RELATION = {1: "head", 2: "spouse", 3: "child", 4: "child_in_law", 5: "grandchild", 6: "parent", 7: "parent",
             8: "sibling"}  # fmt: skip
_EDUCATION = {7: "none", 1: "primary", 2: "primary", 3: "junior", 4: "senior", 5: "senior", 6: "bachelor"}
_STAGE = {1: "preschool", 2: "primary", 3: "primary", 4: "senior", 5: "senior", 6: "vocational_college", 7: "bachelor",
          8: "bachelor", 9: "special"}  # fmt: skip
_WATER = {1: "central", 2: "well", 3: "well", 4: "other"}
_REGION = {1: "Gran Buenos Aires", 40: "Noroeste", 41: "Noreste", 42: "Cuyo", 43: "Pampeana", 44: "Patagonia"}


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
        rows = {
            "villages": _villages(quarter, before),
            "households": _households(quarter),
            "members": _members(quarter, before),
            "incomes": _incomes(quarter),
            "income_surveys": _surveys(quarter),
            "employment": _employment(quarter),
            "enrolments": _enrolments(quarter),
            "dwellings": _dwellings(quarter),
        }
        for name, frame in rows.items():
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
               "run_day": 15, "min_history_months": 3, "quarantine_share_max": 0.01}  # fmt: skip
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


def _villages(quarter: Quarter, before: list[Quarter]) -> pl.DataFrame:
    """One technical area per city, its region above it. Not Chinese area codes."""
    known = (
        pl.concat([b.households.select("village_code") for b in before])["village_code"] if before else pl.Series([""])
    )
    new = quarter.households.unique("village_code").filter(~pl.col("village_code").is_in(known.unique().implode()))
    city = pl.lit("Aglomerado ") + pl.col("AGLOMERADO").cast(pl.String)
    return new.sort("village_code").select(
        "county",
        "village_code",
        village_name=city,
        township_name=city,
        county_name=pl.col("REGION").replace_strict(_REGION, default="Argentina"),
        prefecture_name=pl.lit("Argentina"),
        province_name=pl.lit("Argentina"),
        valid_from=pl.lit(date(2003, 1, 1)),
        was_poor_village=pl.lit(value=False),
    )


def _households(quarter: Quarter) -> pl.DataFrame:
    return quarter.households.select(
        "county",
        "household_id",
        "village_code",
        valid_from=pl.lit(quarter.middle),
        category=pl.lit("ordinary"),
        size=pl.col("IX_TOT").cast(pl.Int32),
        status=pl.lit("active"),
    )


def _members(quarter: Quarter, before: list[Quarter]) -> pl.DataFrame:
    """Present persons, and those of the household's last visit who are not listed any more, as having left."""
    present = _listed(quarter)
    gone = pl.DataFrame(schema=present.schema)
    unseen = quarter.households.select("household_id")
    for earlier in reversed(before):
        last = _listed(earlier).join(unseen, on="household_id", how="semi", maintain_order="left")
        left = last.join(present, on="person_id", how="anti", maintain_order="left")
        gone = pl.concat([gone, left.with_columns(valid_from=pl.lit(quarter.middle), leave_reason=pl.lit("other"))])
        unseen = unseen.join(earlier.households, on="household_id", how="anti", maintain_order="left")
    return pl.concat([present, gone])


def _listed(quarter: Quarter) -> pl.DataFrame:
    age, cover = pl.col("CH06"), pl.col("CH08")
    months = pl.when(age < 0).then(0).otherwise(age * 12 + 6)
    birth = pl.lit(quarter.middle).dt.offset_by(pl.lit("-") + months.cast(pl.String) + "mo")
    paying = (pl.col("PP07H") == 1) | (pl.col("PP07I") == 1)
    receiving = (pl.col("CAT_INAC") == 1) | (pl.col("V2_M") > 0)
    return quarter.persons.select(
        "county",
        "household_id",
        "person_id",
        valid_from=pl.lit(quarter.middle),
        relation=pl.col("CH03").replace_strict(_RELATION, default="other"),
        birth_month=birth,
        sex=pl.when(pl.col("CH04") == 1).then(pl.lit("male")).otherwise(pl.lit("female")),
        education=pl.col("NIVEL_ED").replace_strict(_EDUCATION, default=None),
        basic_insured=pl.when(cover == 4)
        .then(pl.lit(value=False))
        .when(cover.is_in([9, 0]).not_())
        .then(pl.lit(value=True)),
        labour=pl.when(pl.col("CAT_INAC") == 6).then(pl.lit("lost")),
        pension_status=pl.when(receiving)
        .then(pl.lit("receiving"))
        .when(paying)
        .then(pl.lit("paying"))
        .when(pl.col("PP07H") == 2)
        .then(pl.lit("none")),
        leave_reason=pl.lit(None, dtype=pl.String),
    )


def _person_money(quarter: Quarter) -> pl.DataFrame:
    """Amounts per person in fen of the month, by income component; unanswered amounts (-9) count as nothing."""
    fen = {c: (pl.col(c).clip(lower_bound=0).fill_null(0) * 100).round().cast(pl.Int64) for c in _MONEY}
    own_account = pl.col("CAT_OCUP").is_in([1, 2])
    job = fen["P21"]
    return quarter.persons.select(
        "household_id",
        wage_work=pl.when(own_account).then(0).otherwise(job) + fen["TOT_P12"],
        op_other=pl.when(own_account).then(job).otherwise(0),
        prop_other=fen["V8_M"] + fen["V9_M"] + fen["V10_M"],
        tr_pension=fen["V2_M"] + fen["V21_M"],
        tr_relief=fen["V5_M"],
        tr_education=fen["V11_M"],
        tr_support=fen["V12_M"],
        tr_other=fen["V3_M"] + fen["V4_M"] + fen["V18_M"] + fen["V19_AM"],
    )


def _household_money(quarter: Quarter) -> pl.DataFrame:
    """Amounts per household by component; what the household total has beyond them is put to `tr_other`."""
    sums = _person_money(quarter).group_by("household_id").sum()
    total = (pl.col("ITF") * 100).round().cast(pl.Int64)
    joined = quarter.households.select("county", "household_id", "IX_TOT", "IPCF", total=total).join(
        sums, on="household_id", how="left", maintain_order="left"
    )
    items = pl.sum_horizontal([c for c in sums.columns if c != "household_id"])
    return joined.with_columns(tr_other=pl.col("tr_other") + (pl.col("total") - items).clip(lower_bound=0))


def _incomes(quarter: Quarter) -> pl.DataFrame:
    """One month per quarter. Components of zero are left out, except wages, so that every household has a row."""
    money = _household_money(quarter).drop("IX_TOT", "IPCF", "total")
    long = money.unpivot(index=["county", "household_id"], variable_name="component", value_name="amount")
    kept = long.filter((pl.col("amount") > 0) | (pl.col("component") == "wage_work"))
    return kept.with_columns(month=pl.lit(quarter.income_month))


def _surveys(quarter: Quarter) -> pl.DataFrame:
    """One month times 12: not a 12-month income, and compared with twelve times the monthly line."""
    month = quarter.income_month
    last = date(month.year, month.month + 1, 1) - timedelta(days=1)
    transfers = ["tr_pension", "tr_relief", "tr_education", "tr_support", "tr_other"]
    return _household_money(quarter).select(
        "county",
        "household_id",
        year=pl.lit(quarter.year, dtype=pl.Int32),
        stage=pl.lit("annual"),
        period_end=pl.lit(last),
        persons=pl.col("IX_TOT").cast(pl.Int32),
        wage=pl.col("wage_work") * 12,
        business=pl.col("op_other") * 12,
        business_cost=pl.lit(0, dtype=pl.Int64),
        property=pl.col("prop_other") * 12,
        transfer=pl.sum_horizontal(transfers) * 12,
        transfer_pension=pl.col("tr_pension") * 12,
        net_total=pl.col("total") * 12,
        net_per_capita=(pl.col("IPCF") * 100).round().cast(pl.Int64) * 12,
    )


def _employment(quarter: Quarter) -> pl.DataFrame:
    state = pl.col("ESTADO")
    wage = (pl.col("P21").clip(lower_bound=0) + pl.col("TOT_P12").clip(lower_bound=0)) * 100
    return quarter.persons.filter(state.is_in([1, 2, 3])).select(
        "county",
        "household_id",
        "person_id",
        month=pl.lit(quarter.middle),
        employed=state == 1,
        wage=wage.round().cast(pl.Int64),
        sector=pl.when(state == 1).then(_sector(pl.col("PP04B_COD"))),
        wants_work=pl.when(state == 2).then(pl.lit(value=True)),
    )


def _sector(activity: pl.Expr) -> pl.Expr:
    """Sector from the first two of the four digits of the activity code (CAES, after ISIC revision 3)."""
    division = activity // 100
    return (
        pl.when(division.is_between(1, 5))
        .then(pl.lit("farming"))
        .when(division.is_between(15, 37))
        .then(pl.lit("manufacturing"))
        .when(division == 45)
        .then(pl.lit("construction"))
        .when(division.is_between(60, 64))
        .then(pl.lit("transport"))
        .when(division.is_between(50, 55) | division.is_between(65, 95))
        .then(pl.lit("services"))
        .when(division.is_between(10, 14) | division.is_between(40, 41))
        .then(pl.lit("other"))
    )


def _enrolments(quarter: Quarter) -> pl.DataFrame:
    """Attends school = enrolled; of school age (5-17): never attended = not enrolled, attended before = dropout."""
    attends, age = pl.col("CH10"), pl.col("CH06")
    young = age.is_between(5, 17)
    stage = pl.col("CH12").replace_strict(_STAGE, default=None)
    by_age = pl.when(age < 12).then(pl.lit("primary")).when(age < 15).then(pl.lit("junior")).otherwise(pl.lit("senior"))
    school = quarter.persons.filter((attends == 1) | (young & attends.is_in([2, 3])))
    return school.select(
        "county",
        "household_id",
        "person_id",
        term=pl.lit(date(quarter.year, 3 if quarter.quarter <= 2 else 9, 1)),
        stage=stage.fill_null(by_age),
        status=pl.when(attends == 1)
        .then(pl.lit("enrolled"))
        .when(attends == 3)
        .then(pl.lit("not_enrolled"))
        .otherwise(pl.lit("dropout")),
    )


def _dwellings(quarter: Quarter) -> pl.DataFrame:
    """Kind of water supply only; whether the water is safe is an official finding that the survey does not have."""
    return quarter.households.select(
        "county",
        "household_id",
        inspected_on=pl.lit(quarter.middle),
        aspect=pl.lit("water"),
        water_source=pl.col("IV7").replace_strict(_WATER, default=None),
    )
