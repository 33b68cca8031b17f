from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from riskmodel.review.access import Right, Role
from running_service import Running

ON_EVERY_DATABASE = True


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic abc", "Bearer rmk_000000000000_abc"])
def test_without_a_valid_key_the_answer_is_401_and_says_what_to_send(service: Running, header: str) -> None:
    found = service.client.get("/v1/model", headers={"Authorization": header} if header else {})
    assert (found.status_code, found.headers["www-authenticate"]) == (401, "Bearer")


def test_of_two_keys_none_is_used(service: Running) -> None:
    twice = [("Authorization", f"Bearer {service.key()}")] * 2
    assert service.client.get("/v1/model", headers=twice).status_code == 401


def test_a_revoked_and_an_ended_key_are_refused(service: Running) -> None:
    text = service.key()
    assert service.get("/v1/model", text).status_code == 200
    service.service.keys.revoke(text.split("_")[1], datetime.now(UTC))  # noqa: TID251 - the service's own clock
    assert service.get("/v1/model", text).status_code == 401
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    ended = service.service.keys.make("x", [Role.ANALYST], "", long_ago + timedelta(days=1), long_ago)[1]
    assert service.get("/v1/model", ended).status_code == 401


def test_a_key_without_the_role_is_answered_403(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskmodel.review.access._RIGHTS", {role: frozenset({Right.NAMES}) for role in Role})
    found = service.get("/v1/model", service.key())
    assert found.status_code == 403
    assert "read scores" in found.json()["detail"]


def test_what_is_asked_of_a_key_at_hand_is_answered_without_the_database(service: Running) -> None:
    text, keys = service.key(), service.service.keys
    assert not keys.at_hand(text)
    assert service.get("/v1/model", text).status_code == 200
    assert keys.at_hand(text)
    assert keys.at_hand("no key at all")
