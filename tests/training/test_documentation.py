from __future__ import annotations

from pathlib import Path

from riskmodel.training.documentation import labels_markdown
from riskmodel.training.labels import LABELS

PAGE = Path(__file__).parents[2] / "docs" / "labels.md"

MADE = labels_markdown()


def test_the_page_in_the_docs_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == MADE, "run `make docs`"


def test_every_label_is_there_with_all_that_it_declares() -> None:
    headings = [line.split("`")[1] for line in MADE.splitlines() if line.startswith("## ")]
    assert headings == list(LABELS)
    for name, label in LABELS.items():
        section = MADE.partition(f"\n## `{name}`")[2].partition("\n## ")[0]
        for said in (label.title, label.english, label.cohort, label.event, label.settles_after):
            assert said in section
        assert f"Horizon: {label.horizon} months" in section
        assert all(f"`{table}`" in section.partition("Told by:")[2] for table in label.tables)
        assert (f"told beside it: `{label.shorter}`" in section) == bool(label.shorter)


def test_the_page_says_that_young_rows_are_never_negative() -> None:
    assert "never\ncounted as negative" in MADE
