"""Shocks: disasters, accidents, failed projects."""

from __future__ import annotations

from typing import Final

from riskmodel.policy import ShockKind, Source
from riskmodel.tables.column import code, date, identifier, whole, yuan
from riskmodel.tables.table import Canonical, Kind, Subject, Table, known_on_or_after


class Shocks(Canonical):
    """One row per household, day and kind."""

    household_id = identifier("H", "户编号")
    happened_on = date("发生日期")
    kind = code(ShockKind, "类型", "灾害类型")
    loss = yuan("经济损失", nullable=True, sensitive=True)
    deaths = whole("死亡人数", most=30, nullable=True, sensitive=True, note="members")
    injured = whole("受伤致残人数", most=30, nullable=True, sensitive=True, note="members")
    claim_paid = yuan("理赔金额", nullable=True, sensitive=True)

    D09 = known_on_or_after("happened_on")


SHOCKS: Final = Table(
    name="shocks",
    title="灾害与意外",
    purpose="disasters, accidents, failed projects",
    schema=Shocks,
    kind=Kind.EVENT,
    subject=Subject.HOUSEHOLD,
    key=("household_id", "happened_on", "kind"),
    event="happened_on",
    sources=(Source.EMERGENCY, Source.POLICE, Source.INSURER, Source.AGRI, Source.VILLAGE),
    history_days=90,
    note="loss assessed, claim paid: a version",
)
