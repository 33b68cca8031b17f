"""Content checks: the numbered questions that offices are graded on, asked of a view."""

from riskmodel.tables.quality import causes, guarantees, income, measures, monitoring, persons
from riskmodel.tables.quality.declaration import Check, Severity, Use, declared
from riskmodel.tables.quality.documentation import checks_markdown
from riskmodel.tables.quality.findings import FOUND_SCHEMA, Findings, NotRun, rule_pack, run_checks

SUBJECTS = (income, guarantees, monitoring, causes, measures, persons)
"""Files that declare checks; importing them fills the registry."""

__all__ = [
    "FOUND_SCHEMA",
    "SUBJECTS",
    "Check",
    "Findings",
    "NotRun",
    "Severity",
    "Use",
    "checks_markdown",
    "declared",
    "rule_pack",
    "run_checks",
]
