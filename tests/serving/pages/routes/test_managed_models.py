from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.models.pointer import pointed
from riskmodel.review.access import Role
from riskmodel.workflows.workspace import model_name
from signed_in import person
from trained_county import LABEL

if TYPE_CHECKING:
    from running_service import Running

PLACE = f"/administration/models/{LABEL}/2"


def test_a_version_is_taken_after_one_was_asked_and_a_refusal_tells_its_reasons(service: Running) -> None:
    boss = person(service, Role.ADMINISTRATOR)
    assert "改用第 2 版" in boss.get("/administration/models").text
    asked = boss.get(PLACE).text
    assert "未通过门槛检验" in asked
    assert "仍要使用" in asked
    refused = boss.post(PLACE, {"reason": "试用"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert boss.post(PLACE, {"reason": "", "against": "yes"}).status_code == 422
    assert boss.post(PLACE, {"reason": "县里决定", "against": "yes"}).status_code == 303
    found = pointed(service.workspace.registry.folder, model_name(LABEL))
    assert found
    assert found.version == 2
    for path in (f"/administration/models/{LABEL}/77", "/administration/models/none/1", f"{PLACE}x"):
        assert boss.get(path).status_code == 404


def test_who_answers_for_a_part_manages_no_model(service: Running) -> None:
    part = person(service, Role.ADMINISTRATOR, area="990301101")
    assert part.get("/administration/models").status_code == 403
    assert part.post(PLACE, {"reason": "试用", "against": "yes"}).status_code == 403
