from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Principal, Role
from riskmodel.settings import Settings
from riskmodel.workflows.model_pages import CHAPTERS, model_page, place_titles
from riskmodel.workflows.report import report
from riskmodel.workflows.service import Service
from riskmodel.workflows.workspace import Workspace
from tested_county import HOSTILE
from trained_county import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tested_county import Backtested

ANALYST = Principal("0" * 12, "张", (Role.ANALYST,), "", "user")


@pytest.fixture(scope="module")
def reported(tested: Backtested, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    workspace = tested.copied(tmp_path_factory.mktemp("reported"))
    report(workspace, NOW)
    with closing(Service(workspace)) as found:
        yield found


def test_every_chapter_is_told_in_chinese_alone(reported: Service) -> None:
    for chapter in ("", "backtest", "calibration", "fairness"):
        page = model_page(reported, ANALYST, chapter)
        assert page.blocks, chapter
        assert page.about
        told = "".join(str(getattr(block, "chart", "")) for block in page.blocks)
        assert 'lang="en"' not in told
        assert "style=" not in told
    assert model_page(reported, ANALYST, "card").card["model_details"]["version"] == 1


def test_a_reason_against_the_gate_stands_in_the_summary_as_text(reported: Service) -> None:
    assert any(HOSTILE in str(getattr(block, "text", "")) for block in model_page(reported, ANALYST, "").blocks)


def test_a_stranger_is_told_of_no_township(reported: Service) -> None:
    stranger = Principal("1" * 12, "李", (Role.ANALYST,), "880101", "user")
    assert all("990301" not in str(vars(b)) for c in CHAPTERS for b in model_page(reported, stranger, c).blocks)
    ours = [str(vars(block)) for block in model_page(reported, ANALYST, "fairness").blocks]
    assert any(name in text for name in place_titles(reported, ANALYST).values() for text in ours)
    assert not any("990301" in text for text in ours), "places are called by their names"


def test_a_chapter_is_drawn_once(reported: Service) -> None:
    first = model_page(reported, ANALYST, "fairness")
    assert model_page(reported, ANALYST, "fairness").blocks is first.blocks


def test_without_a_model_or_a_report_there_is_nothing(tested: Backtested, tmp_path: Path) -> None:
    with closing(Service(tested.copied(tmp_path))) as service:
        page = model_page(service, ANALYST, "backtest")
        assert page.about
        assert (page.blocks, page.card) == ((), {})
    with closing(Service(Workspace(Settings(tmp_path / "empty")))) as service:
        assert model_page(service, ANALYST, "").about == []
