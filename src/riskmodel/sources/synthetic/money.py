"""Income, spending and savings of a month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import Floats, Numbers
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.state import State


def net(money: Mapping[str, Numbers]) -> Floats:
    """Net income by household: all components, costs negative."""
    total = np.zeros(len(next(iter(money.values()))))
    for name, value in money.items():
        total = total - value if name.startswith("cost_") else total + value
    return total


def opened(state: State, month: int) -> State:
    """A new month: its bills and burdens begin at zero, those of a year ago drop out."""
    compliant, rigid = state.homes.compliant12.copy(), state.homes.rigid12.copy()
    compliant[:, month % 12] = 0
    rigid[:, month % 12] = 0
    return replace(state, homes=state.homes.but(compliant12=compliant, rigid12=rigid))


def spent(state: State, month: int, money: Mapping[str, Numbers], claims: Numbers, parameters: Parameters) -> State:
    """The month is entered in the books: income, claims, living; old burdens fade.

    Living follows the income of a year, not of the month; who has no savings left lives on little more than the basics.
    """
    homes, size, now = state.homes, state.size, month % 12
    income = homes.income12.copy()
    income[:, now] = net(money)
    level = parameters.growth(month)
    basic = parameters["money.basic"] * level * np.where(size > 0, 0.55 + 0.45 * size, 0) * 1.6 / 12
    usual = income.sum(axis=1) / 12
    free = (usual - basic).clip(0)
    per_head = usual * 12 / size.clip(1) / (parameters["money.first_income"] * level)
    share = np.interp(per_head, [0.5, 2.0], parameters.row("money.spends"))
    share = np.where(homes.buffer < 0, np.minimum(share, parameters["money.spends_in_debt"]), share)
    excess = (homes.buffer - parameters["money.buffer_years"] * 12 * usual.clip(0)).clip(0)
    buffer = homes.buffer + income[:, now] + claims - basic - share * free - 0.06 * excess
    forgiven = parameters["money.debt_forgiven"]
    buffer = np.where(buffer < 0, buffer * (1 - forgiven), buffer)
    compliant = homes.compliant12.copy()
    compliant[:, now] -= claims.astype(np.float32)
    stress = homes.stress * np.float32(parameters["money.fading"])
    homes = homes.but(income12=income, buffer=buffer, stress=stress, compliant12=compliant)
    return replace(state, homes=homes)
