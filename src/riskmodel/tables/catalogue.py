"""The 16 canonical tables, by name, in the order of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from riskmodel.errors import UsageError
from riskmodel.tables.area import VILLAGES
from riskmodel.tables.assistance import MEASURES, SOCIAL_ASSISTANCE
from riskmodel.tables.education import ENROLMENTS
from riskmodel.tables.health import MEDICAL_SETTLEMENTS
from riskmodel.tables.household import HOUSEHOLDS, MEMBERS
from riskmodel.tables.housing import DWELLINGS
from riskmodel.tables.income import EMPLOYMENT, INCOME_SURVEYS, INCOMES
from riskmodel.tables.loans import LOAN_STATEMENTS
from riskmodel.tables.monitoring import MONITORING_EPISODES
from riskmodel.tables.review import GUARANTEE_CHECKS, VISITS
from riskmodel.tables.shocks import SHOCKS
from riskmodel.tables.table import RowRule, Table

TABLES: Final[Mapping[str, Table]] = {
    table.name: table
    for table in (
        VILLAGES,
        HOUSEHOLDS,
        MEMBERS,
        INCOMES,
        INCOME_SURVEYS,
        EMPLOYMENT,
        MEDICAL_SETTLEMENTS,
        ENROLMENTS,
        DWELLINGS,
        LOAN_STATEMENTS,
        SHOCKS,
        SOCIAL_ASSISTANCE,
        MEASURES,
        GUARANTEE_CHECKS,
        VISITS,
        MONITORING_EPISODES,
    )
}

WARNINGS: Final[Mapping[str, Mapping[str, RowRule]]] = {name: table.warnings for name, table in TABLES.items()}
"""Per table, the rules on one row whose breach is reported while the row is kept."""


def table(name: str) -> Table:
    """The table of this name.

    Raises `UsageError` for an unknown name.
    """
    found = TABLES.get(name)
    if found is not None:
        return found
    near = get_close_matches(name, TABLES, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"choose one of: {', '.join(TABLES)}."
    raise UsageError(f"There is no table '{name}' in the catalogue; {hint}")
