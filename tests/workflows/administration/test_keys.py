from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.workflows.administration.keys import Asked, give, key_of, keys, revoke
from riskmodel.workflows.installation import LOG
from trained_county import NOW

if TYPE_CHECKING:
    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service

SYSTEM = Asked("县业务系统", ["case_system"], "990301", "365", "600")


def test_a_key_is_made_listed_and_revoked_inside_ones_area(
    service: Service, boss: Principal, county: Principal
) -> None:
    made = give(service, county, SYSTEM, "接入", NOW)
    wide = give(service, boss, replace(SYSTEM, name="省系统", area=""), "接入", NOW)
    assert [key.name for key in keys(service, county)] == ["县业务系统"]
    assert key_of(service, county, wide.key.id) is None
    assert revoke(service, boss, made.key, "不再使用", NOW).revoked_at
    assert service.keys.checked(made.text, NOW) is None
    text = (service.workspace.home / LOG).read_text("utf-8")
    assert "不再使用" in text
    assert made.text not in text
    assert AuditLog(service.workspace.home / LOG).verify() is None


def test_a_form_that_comes_twice_makes_one_key(service: Service, boss: Principal) -> None:
    made = give(service, boss, SYSTEM, "接入", NOW)
    with pytest.raises(UsageError, match="同名"):
        give(service, boss, SYSTEM, "接入", NOW)
    revoke(service, boss, made.key, "没有看到", NOW)
    give(service, boss, SYSTEM, "重新签发", NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"area": ""}, {"area": "99"}, {"roles": []}, {"roles": ["administrator"]}, {"roles": ["king"]}, {"name": ""},
        {"days": "0"}, {"days": "731"}, {"days": "１"}, {"per_minute": "-1"}, {"per_minute": "1e3"},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_chinese(service: Service, county: Principal, wrong: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r" / [^a-z]*[一-鿿]"):
        give(service, county, replace(SYSTEM, **wrong), "接入", NOW)
    assert service.keys.all() == []
