"""The whole job in a real browser, with and without scripts."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from filled_lists import refilled
from riskmodel.rendering.workbook import Sheet, write_workbook
from riskmodel.review.access import Role

if TYPE_CHECKING:
    from browser_window import Site, Window

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
        told["理由（结果与名单不一致时必填）"] = "已就业，收入稳定"
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


@pytest.mark.parametrize("script", [True, False])
def test_a_household_is_read_visited_helped_and_closed_by_a_second_person(
    site: Site, tmp_path: Path, script: bool
) -> None:
    word = f"visit-{1 if script else 2}"
    with site.window(script=script, accept_downloads=True) as window:
        window.enter(site, f"officer-{script}".lower(), f"乡干部{word}", Role.OFFICER)
        household = choose(window, script=script)
        decide(window, word)
        number = open_entry(window, word)
        fill_in_and_import(window, tmp_path, number, word)
        window.page.goto(f"/ledger/{number}")
        window.page.get_by_label("办理情况").fill("已办理医疗救助")
        window.page.get_by_role("button", name="保存并送核实").click()
        assert "待核实" in window.page.inner_text(".meaning")
        if script:
            window.page.goto(f"/households/{household}/visit-sheet")
            assert pages_of(window.page.pdf(prefer_css_page_size=True)) == 1
    with site.window(script=script) as window:
        window.enter(site, f"reviewer-{script}".lower(), f"复核人{word}", Role.REVIEWER)
        window.page.goto(f"/ledger/{number}")
        window.page.get_by_label("核实意见").fill("到户核实，问题已解决")
        window.page.get_by_role("button", name="销号").click()
        assert "已销号" in window.page.inner_text(".meaning")


def choose(window: Window, *, script: bool) -> str:
    """Filter the work list and open the first household of it; its id."""
    page = window.page
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="工作清单").click()
    page.get_by_label("名单与走访").select_option("planned")  # with script the list follows at once
    if not script:
        page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**status=planned**")
    page.locator("tbody a[href^='/households/']").first.click()
    assert "推高风险的原因" in page.inner_text("main")
    return page.url.partition("/households/")[2][:25]


def decide(window: Window, word: str) -> None:
    """Write down what was found."""
    page = window.page
    page.get_by_role("link", name="核查结论").click()
    page.get_by_label("走访日期").fill("2024-06-01")
    page.get_by_label("走访人工号").fill(f"W-{word}")
    page.get_by_label("走访原因").select_option("alert")
    page.get_by_label("有风险", exact=True).check()
    page.get_by_label("主要原因").select_option("ILL")
    page.get_by_label("结果与名单不一致时的理由").fill("入户查实")
    page.get_by_role("button", name="保存结论").click()
    assert "核查结论已保存" in page.inner_text("[role=status]")
    assert f"W-{word}" in page.inner_text("main")


def open_entry(window: Window, word: str) -> int:
    """Open an entry of the ledger and make somebody responsible; its number."""
    page = window.page
    page.get_by_role("link", name="台账与识别").click()
    if not page.get_by_role("button", name="建立条目").is_visible():
        page.get_by_text("新建台账条目").click()
    page.get_by_label("台账类别").select_option("ILL")
    page.get_by_label("责任人 *").fill("魏某")
    page.get_by_label("责任人工号").fill(word)
    page.get_by_label("办理方式").select_option("by_deadline")
    page.get_by_label("完成时限").fill("2099-12-31")
    page.get_by_label("要解决的问题").fill("自付医疗费过高")
    page.get_by_label("健康帮扶").check()
    page.get_by_role("button", name="建立条目").click()
    return int(page.url.partition("/ledger/")[2].partition("?")[0])


def fill_in_and_import(window: Window, folder: Path, number: int, word: str) -> None:
    """Take the ledger out, change an entry in it, and bring it back."""
    page = window.page
    page.goto(f"/ledger?responsible={word}")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    download.value.save_as(folder / "out.xlsx")
    lines = CalamineWorkbook.from_path(folder / "out.xlsx").get_sheet_by_index(0).to_python()
    top = next(at for at, line in enumerate(lines) if "台账编号" in line)
    header = [str(cell) for cell in lines[top]]
    (row,) = (dict(zip(header, line, strict=True)) for line in lines[top + 1 :])
    changed: dict[str, Any] = row | {"台账编号": number, "问题": f"自付医疗费过高，{word}", "办理状态": "办理中"}
    write_workbook(
        folder / "in.xlsx", [Sheet("台账", header, [[changed[t] or None for t in header]])], date(2026, 1, 5)
    )
    page.get_by_label("Excel 工作簿").set_input_files(folder / "in.xlsx")
    page.get_by_role("button", name="查看将要修改的内容").click()
    assert "待办 → 办理中" in page.inner_text("main")
    page.get_by_role("button", name="确认保存以上修改").click()
    assert "已全部保存" in page.inner_text("[role=status]")


def pages_of(pdf: bytes) -> int:
    """Pages of a document on paper."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
