from __future__ import annotations

import re
from typing import TYPE_CHECKING

from riskmodel.review.access import Role
from signed_in import person

if TYPE_CHECKING:
    from running_service import Running

NEW = {"name": "县系统", "role": "case_system", "area": "990301", "days": "30", "per_minute": "60", "reason": "接入"}


def test_a_key_is_shown_once_and_revoked_after_one_was_asked(service: Running) -> None:
    county = person(service, Role.ADMINISTRATOR, area="990301")
    made = county.post("/administration/keys/new", NEW)
    secret = re.search(r'id="secret"[^>]*value="(rmk_[^"]+)"', made.text)
    assert secret
    assert service.get("/v1/model", secret[1]).status_code == 200
    assert county.post("/administration/keys/new", NEW).status_code == 422
    listed = county.get("/administration/keys").text
    assert secret[1] not in listed
    place = f"/administration/keys/{secret[1].split('_')[1]}/revoke"
    assert "确认吊销" in county.get(place).text
    assert county.post(place, {"reason": ""}).status_code == 422
    assert county.post(place, {"reason": "停用"}).status_code == 303
    assert "已吊销" in county.get("/administration/keys").text
    sibling = person(service, Role.ADMINISTRATOR, area="990302")
    assert sibling.get(place).status_code == 404
    assert sibling.post(place, {"reason": "试试"}).status_code == 404
    assert "县系统" not in sibling.get("/administration/keys").text
