from __future__ import annotations

import re

from running_service import Running


def test_every_route_is_on_the_page_and_nothing_of_it_comes_from_elsewhere(service: Running) -> None:
    found = service.client.get("/docs")
    assert found.status_code == 200
    for path in service.client.get("/openapi.json").json()["paths"]:
        assert path in found.text
    assert re.findall(r"""(?:src|href)=["'](?!#)|https?://|<script""", found.text) == []
    assert "default-src 'none'" in found.headers["content-security-policy"]
