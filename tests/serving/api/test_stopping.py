from __future__ import annotations

from riskmodel.serving.api.stopping import STOPPING


def test_a_process_is_not_stopping_until_it_is_asked_to() -> None:
    assert not STOPPING.is_set()
