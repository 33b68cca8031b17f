from __future__ import annotations

from riskmodel.tables.quality import checks_markdown, declared


def test_every_check_has_its_section_with_reading_tables_and_policy() -> None:
    page = checks_markdown()
    assert page.endswith("\n")
    for check in declared():
        section = page.split(f"\n## {check.code}\n")[1].split("\n## ")[0]
        wanted = [check.title, check.english, check.reading, check.rule, *check.tables, *check.policy]
        assert [text for text in wanted if text not in section] == []


def test_the_overview_lists_the_checks_in_their_order() -> None:
    rows = [line.split("[")[1].split("]")[0] for line in checks_markdown().splitlines() if line.startswith("| [")]
    assert rows == [check.code for check in declared()]
