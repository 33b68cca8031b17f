"""The rule pack: the grounds of identification written as rules, beside the trip wires of departments.

What an office could do without any model: give every household points for what the identification of monitored
households looks at (per-capita income and reference income against the line, the guarantees and water, labour, work,
illness, disability, disasters, accidents, failed business, loans), and visit in order of points. The points are ours:
2 for what is a ground by itself, 1 for a sign.
Sources: domain page, sections 1, 4, 5 and 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskmodel.models import Wire
from riskmodel.training.wires import wires_in_force

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy

LINE: Final = 1.0
NEAR: Final = 1.5
"""Times the line: the band above it in which a household is near."""
GROUND: Final = 2.0

GROUNDS: Final = (
    Wire("RP_REFERENCE", "reference_income_to_line", LINE, GROUND, below=True),
    Wire("RP_INCOME", "income_to_line", LINE, GROUND, below=True),
    Wire("RP_NEAR", "income_to_line", NEAR, below=True),
    Wire("RP_HOUSE", "lives_in_unsafe_house", 1.0, GROUND),
    Wire("RP_WATER", "water_unsafe", 1.0, GROUND),
    Wire("RP_SCHOOL", "out_of_school", 1.0, GROUND),
    Wire("RP_UNINSURED", "uninsured_members", 1.0, GROUND),
    Wire("RP_ILL", "major_ill_members", 1.0),
    Wire("RP_DISABLED", "severely_disabled_members", 1.0),
    Wire("RP_DISASTER", "disasters_12m", 1.0),
    Wire("RP_ACCIDENT", "accidents_12m", 1.0),
    Wire("RP_BUSINESS", "business_shocks_12m", 1.0),
    Wire("RP_NO_LABOUR", "able_members", 1.0, below=True),
    Wire("RP_NO_WORK", "workers_employed", 1.0, below=True),
    Wire("RP_POST_ENDS", "post_ending_wage_share", 0.5),
    Wire("RP_OVERDUE", "loans_overdue", 1.0),
    Wire("RP_AGAIN", "past_episodes", 1.0),
)


def rule_pack(policy: Policy, area: str, on: date) -> tuple[Wire, ...]:
    """The grounds of identification and the trip wires in force for the area."""
    return (*GROUNDS, *wires_in_force(policy, area, on))
