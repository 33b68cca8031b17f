from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.workflows.documentation import pages, write_pages

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_generated_page_is_fresh(name: str) -> None:
    written = (DOCS / name).read_text("utf-8") if (DOCS / name).exists() else ""
    assert written == pages()[name], f"docs/{name} is not what the code declares: make docs"


def test_a_generated_page_says_that_it_is_generated() -> None:
    assert [name for name, text in pages().items() if "enerated" not in text[:400]] == []


def test_pages_are_written_into_a_new_folder(tmp_path: Path) -> None:
    written = write_pages(tmp_path / "docs")
    assert {path.name: path.read_text("utf-8") for path in written} == pages()
