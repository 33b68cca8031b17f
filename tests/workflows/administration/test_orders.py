from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.access import Principal
from riskmodel.review.audit import AuditLog
from riskmodel.workflows.administration.orders import area_to_give, checked_reason, ordered
from riskmodel.workflows.installation import LOG
from trained_county import NOW

if TYPE_CHECKING:
    from riskmodel.workflows.service import Service


@pytest.mark.parametrize("text", ["", " \n ", "好", "x" * 501, "证件 110101199001011234", "bidi \u202e", "nul \x00x"])
def test_a_reason_says_something_and_holds_no_number_of_a_person(text: str) -> None:
    with pytest.raises(UsageError, match="理由"):
        checked_reason(text)


def test_a_reason_becomes_one_line() -> None:
    assert checked_reason("  调离\n岗位 ") == "调离 岗位"


def test_only_an_area_inside_ones_own_may_be_given(service: Service) -> None:
    who = Principal("a", "某", (), "990301")
    assert area_to_give(service, who, "990301101") == "990301101"
    for area in ("", "99", "990302", "99030", "abc"):
        with pytest.raises(UsageError, match="辖区"):
            area_to_give(service, who, area)


def test_an_order_is_in_the_log_before_it_is_done_and_its_refusal_after(service: Service, boss: Principal) -> None:
    log = AuditLog(service.workspace.home / LOG)

    def told() -> list[str]:
        return [entry.purpose for entry in log.entries() if entry]

    with ordered(service, boss, "users", "do it", "因为", NOW):
        assert told() == ["do it: 因为"]
    with pytest.raises(UsageError), ordered(service, boss, "users", "do that", "所以", NOW):
        raise UsageError("no")
    assert told() == ["do it: 因为", "do that: 所以", "refused: do that"]
