from __future__ import annotations

from pathlib import Path

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.documentation import tables_markdown

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"


def test_the_page_in_the_docs_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == tables_markdown()


def test_the_page_names_every_table_column_and_rule() -> None:
    page = tables_markdown()
    for table in TABLES.values():
        section = page.partition(f"\n## {table.name}\n")[2].partition("\n## ")[0]
        own = [column for column in table.columns if column not in ("known_at", "source", "batch_id", "retracted")]
        assert all(f"\n| {column} | " in section for column in own)
        assert all(f"\n- `{rule}` " in section for rule in (*table.rules, *table.warnings))


def test_ranges_codes_and_meanings_are_written_out() -> None:
    page = tables_markdown()
    assert "| exit_year | 脱贫年度 | `int` | 2014-2020; null = not ex-poor | n |  |" in page
    assert "| sex | 性别 | `code` | `male` 男, `female` 女 | - |  |" in page
    assert "| principal | 贷款本金 / 贷款金额 | `yuan` | > 0 | - | y |" in page
