"""Villages: the area tree, the crosswalk of codes, and the facts of ex-poor villages."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Source
from riskmodel.tables.column import area12, date, flag, text, whole
from riskmodel.tables.table import Canonical, Kind, Subject, Table, rule


class Villages(Canonical):
    """One row per change of a village."""

    village_code = area12("行政区划代码", "村代码", village=True, note="village level")
    village_name = text("村名", "行政村")
    township_name = text("乡镇", "乡镇名称")
    county_name = text("县", "县(市、区)")
    prefecture_name = text("市")
    province_name = text("省")
    valid_from = date("启用日期")
    valid_to = date("停用日期", nullable=True, null_means="still valid", note="first day no longer valid")
    successor_code = area12(
        "新代码", village=True, nullable=True, note="only with valid_to; at a split the code of the larger part"
    )
    was_poor_village = flag("是否脱贫村")
    exit_year = whole("出列年度", least=2014, most=2020, nullable=True)
    key_county = flag("是否重点帮扶县", nullable=True)
    registered_households = whole("户籍户数", nullable=True, note="households")

    D02 = rule(
        ("valid_to", "valid_from"),
        "valid_to must be later than valid_from",
        "停用日期须晚于启用日期",
        pl.col("valid_from") < pl.col("valid_to"),
    )
    successor_use = rule(
        ("successor_code", "valid_to", "village_code"),
        "a successor is another code and is given only with valid_to",
        "新代码须与原代码不同,且只能与停用日期一并填写",
        pl.col("successor_code").is_null()
        | (pl.col("valid_to").is_not_null() & (pl.col("successor_code") != pl.col("village_code"))),
    )


VILLAGES: Final = Table(
    name="villages",
    title="行政村",
    purpose="area tree, crosswalk of codes, facts of ex-poor villages",
    schema=Villages,
    kind=Kind.STATE,
    subject=Subject.VILLAGE,
    key=("village_code", "valid_from"),
    event="valid_from",
    sources=(Source.STATS, Source.CIVIL, Source.AGRI),
    history_days=365,
    early_ok=True,
    note="a replaced code gets `valid_to` and `successor_code`",
)
