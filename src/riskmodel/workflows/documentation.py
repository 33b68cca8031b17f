"""The generated pages of docs/: what the code declares, written down for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.features.documentation import features_markdown
from riskmodel.policy import Policy, parameters_markdown
from riskmodel.scoring.documentation import measures_markdown
from riskmodel.sources.synthetic.documentation import simulation_markdown
from riskmodel.tables.documentation import tables_markdown
from riskmodel.tables.quality import checks_markdown
from riskmodel.training.documentation import labels_markdown

if TYPE_CHECKING:
    from pathlib import Path


def pages() -> dict[str, str]:
    """File name -> text of every generated page."""
    return {
        "checks.md": checks_markdown(),
        "features.md": features_markdown(),
        "labels.md": labels_markdown(),
        "measures.md": measures_markdown(),
        "parameters.md": parameters_markdown(Policy.load()),
        "simulation.md": simulation_markdown(),
        "tables.md": tables_markdown(),
    }


def write_pages(folder: Path) -> list[Path]:
    """Write the generated pages into a folder; returns their paths."""
    written = []
    for name, text in pages().items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        written.append(target)
    return written
