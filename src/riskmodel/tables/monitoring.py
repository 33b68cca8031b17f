"""Monitoring episodes: who was identified, why, and how it ended. The outcomes are made from this table."""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Cause, Channel, EliminationMode, EpisodeCategory, ShockKind, Source
from riskmodel.tables.causes import filled_in_order
from riskmodel.tables.column import code, date, identifier, month, whole
from riskmodel.tables.table import Canonical, Kind, Subject, Table, known_on_or_after, rule

CAUSES: Final = ("cause_1", "cause_2", "cause_3", "cause_4", "cause_5")
"""Columns of the causes, in order of weight."""


class MonitoringEpisodes(Canonical):
    """One key per episode; the elimination arrives as a version."""

    household_id = identifier("H", "户编号")
    episode_no = whole(least=1, derived=True, note="1, 2, ... by identified_month; derived in the view")
    category = code(EpisodeCategory, "监测对象类别")
    channel = code(Channel, "发现渠道", nullable=True)
    cause_1 = code(Cause, "致贫返贫风险1", "返贫风险1", nullable=True, sensitive=True)
    cause_2 = code(Cause, "致贫返贫风险2", "返贫风险2", nullable=True, sensitive=True)
    cause_3 = code(Cause, "致贫返贫风险3", "返贫风险3", nullable=True, sensitive=True)
    cause_4 = code(Cause, "致贫返贫风险4", "返贫风险4", nullable=True, sensitive=True)
    cause_5 = code(Cause, "致贫返贫风险5", "返贫风险5", nullable=True, sensitive=True)
    disaster = code(
        ShockKind,
        "自然灾害子项",
        only=tuple(kind for kind in ShockKind if kind.natural),
        nullable=True,
        note="only with cause NAT",
    )
    clue_on = date("线索日期", nullable=True)
    identified_month = month("识别监测时间")
    eliminated_month = month("风险消除时间", "消除监测时间", nullable=True, null_means="open")
    elimination_mode = code(EliminationMode, "消除方式", nullable=True, null_means="open")

    D04 = rule(
        ("identified_month", "clue_on", "eliminated_month", "elimination_mode"),
        "clue_on must not be later than identified_month, nor that later than eliminated_month; "
        "eliminated_month and elimination_mode: both or neither",
        "线索日期不得晚于识别月份,识别不得晚于消除;消除时间与消除方式须同时填写或同时为空",
        (pl.col("clue_on") <= pl.col("identified_month").dt.month_end())
        & (pl.col("identified_month") <= pl.col("eliminated_month"))
        & (pl.col("eliminated_month").is_null() == pl.col("elimination_mode").is_null()),
    )
    D08 = filled_in_order(CAUSES)
    D09 = known_on_or_after("identified_month")
    disaster_with_nat = rule(
        ("disaster", *CAUSES),
        "disaster is given only with the cause NAT",
        "仅风险含因自然灾害时填写自然灾害子项",
        pl.col("disaster").is_null() | pl.any_horizontal(pl.col(CAUSES).eq_missing(pl.lit(Cause.NAT.value))),
    )


MONITORING_EPISODES: Final = Table(
    name="monitoring_episodes",
    title="监测对象",
    purpose="outcomes",
    schema=MonitoringEpisodes,
    kind=Kind.EPISODE,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "identified_month"),
    event="identified_month",
    sources=(Source.AGRI,),
    history_days=31,
    note="elimination is a version; cancelled identification: `retracted`",
)
