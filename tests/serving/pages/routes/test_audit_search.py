from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Role
from signed_in import Person, person

if TYPE_CHECKING:
    from running_service import Running

PLACE = "/administration/audit"


@pytest.fixture(scope="module")
def boss(service: Running) -> Person:
    return person(service, Role.ADMINISTRATOR, login="boss")


def test_who_signed_in_is_found_with_the_check_of_each_line(boss: Person) -> None:
    answer = boss.get(f"{PLACE}?actor=boss&action=sign_in")
    assert answer.status_code == 200
    assert "signed in" in answer.text
    assert "都与其前一条核对相符" in answer.text
    assert "已全部看完" in answer.text


def test_a_changed_line_is_shown_as_such(service: Running, boss: Person) -> None:
    path = service.workspace.home / "audit.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"signed in", b"signed on", 1))
    assert "可能被改动过" in boss.get(f"{PLACE}?action=sign_in").text
    path.write_bytes(whole)


def test_older_entries_are_a_link_away(service: Running, boss: Person) -> None:
    who = service.service.users.of("boss").principal
    now = datetime.fromisoformat(service.service.users.of("boss").created_at)
    for _ in range(60):
        last = service.service.noted(who, "read", (), "many", now)
    last.result()
    page = boss.get(f"{PLACE}?action=read&actor=boss").text
    assert "继续往前查" in page
    older = page.partition('<nav class="pages"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "action=read" in older
    assert boss.get(older).text.count("<td>many</td>") == 10


@pytest.mark.parametrize(
    "query", ["id=x", "action=none", "first=yesterday", "last=2026-13-01", "actor=110101199001011234"]
)
def test_what_cannot_be_looked_for_is_told(boss: Person, query: str) -> None:
    answer = boss.get(f"{PLACE}?{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_hostile_questions_are_harmless(boss: Person) -> None:
    for query in (
        "end=-1",
        "end=" + "9" * 400,
        "end=０",
        "actor=<img src=x>",
        "actor=%00",
        "last=0001-01-01",
        "last=9999-12-31",
    ):
        answer = boss.get(f"{PLACE}?{query}")
        assert answer.status_code in (200, 422), query
        assert "<img" not in answer.text
