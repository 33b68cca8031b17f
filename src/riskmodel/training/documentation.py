"""The page of labels, generated from their declarations."""

from __future__ import annotations

from riskmodel.training.labels import LABELS


def labels_markdown() -> str:
    """docs/labels.md: for each label the cohort, the event, the horizon and when it settles."""
    lines = [
        "# Labels",
        "",
        "Generated from the declarations in `riskmodel/training/labels/`; do not edit.",
        "",
        "Outcomes are read in the view of the newest delivery. A row whose label has not matured is left out, never",
        "counted as negative; a delivery of which no row could be used (quarantined or waiting) delivers nothing. M0",
        "is the first month that is not complete at the end of the as-of date.",
    ]
    for label in LABELS.values():
        lines += [
            "",
            f"## `{label.name}`: {label.title} ({label.english})",
            "",
            f"- Horizon: {label.horizon} months.",
            f"- Cohort: {label.cohort}.",
            f"- Event: {label.event}.",
            f"- Settles after: {label.settles_after}.",
            f"- Told by: {', '.join(f'`{name}`' for name in label.tables)}.",
            *([f"- Trained and told beside it: `{label.shorter}`."] if label.shorter else []),
        ]
    return "\n".join(lines) + "\n"
