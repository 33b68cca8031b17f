"""The whole job in a real browser, with and without scripts."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from python_calamine import CalamineWorkbook

from filled_lists import refilled
from riskmodel.review.access import Role

if TYPE_CHECKING:
    from browser_window import Site

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_one_signs_in_changes_the_password_and_signs_out(site: Site, script: bool) -> None:
    with site.window(script=script) as window:
        window.enter(site, f"in-and-out-{script}".lower(), "张分析", Role.ANALYST)
        assert "本月总览" in window.page.inner_text("h1")
        window.page.get_by_role("button", name="退出").click()
        assert "已退出登录" in window.page.inner_text("main")


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_filtered_taken_on_visits_and_comes_back(site: Site, tmp_path: Path, script: bool) -> None:
    with site.window(script=script, accept_downloads=True) as window:
        window.enter(site, f"visitor-{script}".lower(), "李干部", Role.OFFICER)
        page = window.page
        page.get_by_role("link", name="工作清单").first.click()
        page.get_by_label("名单与走访").select_option("planned")
        if not script:
            page.get_by_role("button", name="筛选").click()
        page.wait_for_url("**status=planned**")
        with page.expect_download() as form:
            page.get_by_role("link", name="下载走访登记表").click()
        content = Path(form.value.path()).read_bytes()
        household = households(content)[int(script)]
        told = {"走访日期": site.office.as_of, "走访人编号": "K1", "走访结果": "无风险"}
        (tmp_path / "filled.xlsx").write_bytes(refilled(content, {household: told}))
        page.get_by_role("link", name="导入填好的登记表").click()
        page.get_by_label("填好的走访登记表").set_input_files(tmp_path / "filled.xlsx")
        page.get_by_role("button", name="查看会改动什么").click()
        page.get_by_role("button", name="确认保存 1 条走访结果").click()
        assert "走访结果已保存" in page.inner_text("main")
        page.goto(f"/worklist?find={household}")
        assert "无风险" in page.inner_text("tbody")


def households(content: bytes) -> list[str]:
    """The households of a form."""
    lines = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    top = next(number for number, line in enumerate(lines) if "户编号" in line)
    return [str(line[lines[top].index("户编号")]) for line in lines[top + 1 :]]
