from __future__ import annotations

import re

from running_service import Running


def test_every_route_is_on_the_page_and_nothing_of_it_comes_from_elsewhere(service: Running) -> None:
    found = service.client.get("/docs")
    assert found.status_code == 200
    for path in service.client.get("/openapi.json").json()["paths"]:
        assert path in found.text
    assert re.findall(r"""(?:src|href)=["'](?!#|/openapi\.json)|https?://|<script""", found.text) == []
    assert '<a href="/openapi.json">' in found.text
    assert "default-src 'none'" in found.headers["content-security-policy"]


def test_bodies_answers_and_their_fields_are_on_the_page(service: Running) -> None:
    text = service.client.get("/docs").text
    for name, told in service.client.get("/openapi.json").json()["components"]["schemas"].items():
        for field in told.get("properties", {}):
            assert name in text
            assert f">{field}" in text, (name, field)
    assert "Supposition" in text
    assert "birth_month*" in text
