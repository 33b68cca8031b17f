from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from opened_service import NOW
from published_lists import NEWEST, household, service_of_lists, tell
from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Listing, Tier
from riskmodel.review.access import NotAllowed, Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import IdentityStore
from riskmodel.review.visited import standing
from riskmodel.workflows import list_books
from riskmodel.workflows.installation import LOG, identity_key, identity_store_path, init
from riskmodel.workflows.list_books import AskedBook, list_book, mark_of
from riskmodel.workflows.list_page import AskedList

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.service import Service

HOSTILE = '＝HYPERLINK("http://x")'


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A head's name looks like a formula in full-width signs."""
    with service_of_lists(tmp_path_factory.mktemp("lists")) as found:
        init(found.workspace)
        store = IdentityStore(identity_store_path(found.workspace), identity_key(found.workspace))
        told = {"id": household(1), "kind": "household", "number": "10001", "head_name": HOSTILE}
        store.put(pl.DataFrame([told | dict.fromkeys(("name", "address", "phone"))]).cast(pl.String), NOW.date())
        yield found


def of(role: Role = Role.OFFICER, area: str = "990301") -> Principal:
    return Principal("u", "u", (role,), area, "user")


def book(service: Service, who: Principal, *, form: bool, purpose: str = "", **asked: Any) -> list[list[Any]]:
    made = list_book(service, who, None, AskedBook(AskedList(**asked), form, purpose), NOW)
    assert made is not None
    assert made.name == f"{'visit-form' if form else 'worklist-scores'}-{NEWEST}.xlsx"
    lines: list[list[Any]] = CalamineWorkbook.from_filelike(io.BytesIO(made.content)).get_sheet_by_index(0).to_python()
    return lines


def header_and_rows(lines: list[list[Any]]) -> tuple[list[Any], list[list[Any]]]:
    top = next(number for number, line in enumerate(lines) if "户编号" in line)
    return lines[top], lines[top + 1 :]


def test_a_form_has_neither_score_nor_reason_nor_state_of_the_list(service: Service) -> None:
    lines = book(service, of(), form=True, status="planned")
    header, rows = header_and_rows(lines)
    assert header[-10:-4] == ["走访日期", "走访人编号", "走访原因", "走访结果", "风险原因1", "风险原因2"]
    assert header[-4:] == ["理由（结果与名单不一致时必填）", "备注", "校验码", "名单版本"]
    assert {row[-1] for row in rows} == {f"{NEWEST} {NEWEST}T00:00:00Z"}
    assert len(rows) == 8
    cells = {str(cell) for row in rows for cell in row}
    assert not cells & {word.zh for words in (Listing, Tier, Cause) for word in words}
    assert not any("%" in cell or "0." in cell for cell in cells)
    villages = [row[2] for row in rows]
    assert villages == sorted(villages)


def test_the_list_is_told_as_the_page_shows_it_and_lots_are_no_business_of_visitors(service: Service) -> None:
    header, rows = header_and_rows(book(service, of(Role.ANALYST), form=False))
    assert len(rows) == 51
    assert {row[header.index("名单")] for row in rows} == {"走访户", "走访户（抽查）", "线下"}
    assert rows[0][header.index("概率")] == 0.6
    _, officers = header_and_rows(book(service, of(), form=False))
    assert {row[header.index("名单")] for row in officers} == {"走访户", "线下"}


def test_names_are_told_for_a_purpose_as_text_that_is_no_formula(service: Service) -> None:
    header, rows = header_and_rows(book(service, of(), form=True, purpose="入户核查", status="planned"))
    assert rows[0][header.index("户主")] == f"'{HOSTILE}"
    assert rows[0][header.index("本地户号")] == "10001"
    assert "户主" not in header_and_rows(book(service, of(), form=True, status="planned"))[0]
    with pytest.raises(NotAllowed):
        book(service, of(Role.ANALYST), form=True, purpose="入户核查")


def test_another_area_has_no_workbook_and_the_log_has_every_one(service: Service) -> None:
    assert list_book(service, of(area="990302"), None, AskedBook(AskedList(area="990301"), form=True), NOW) is None
    _, rows = header_and_rows(book(service, of(area="990302"), form=False))
    assert {row[1] for row in rows} == {"990302001"}
    entry = list(AuditLog(service.workspace.home / LOG).entries())[-1]
    assert entry is not None
    assert (entry.purpose, len(entry.ids)) == (f"work list, workbook {NEWEST} 990302", len(rows))


def test_a_list_that_is_too_long_says_to_filter(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_books, "MOST_FORMS", 20)
    with pytest.raises(UsageError, match="最多 20 户，请先"):
        book(service, of(), form=True)


def test_a_mark_is_another_once_anything_is_told_of_a_visit(service: Service) -> None:
    home = household(9)
    before = mark_of(home, standing(service.store, [home])[home])
    tell(service, 9, "no_risk")
    after = mark_of(home, standing(service.store, [home])[home])
    tell(service, 9, "no_risk", retracted=True)
    assert before != after
    assert mark_of(home, standing(service.store, [home])[home]) == before
    assert mark_of(household(10), []) != before
