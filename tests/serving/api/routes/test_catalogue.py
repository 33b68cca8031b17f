from __future__ import annotations

from riskmodel.features import declared, set_hash
from riskmodel.review.access import Role
from running_service import Running


def test_the_model_in_use_is_told(service: Running) -> None:
    found = service.get("/v1/model", service.key(Role.ANALYST)).json()
    assert (found["label"], found["version"], found["kind"]) == ("new_entry_12m", 1, "lightgbm")
    assert found["feature_set"] == set_hash()
    assert found["metrics"]["lightgbm_average_precision"] > 0


def test_features_are_told_in_their_order(service: Running) -> None:
    found = service.get("/v1/features", service.key()).json()
    assert [one["name"] for one in found["features"]] == [f.name for f in declared()]
    assert found["features"][0]["label"] == declared()[0].label


def test_areas_are_those_that_the_key_sees(service: Running) -> None:
    everywhere = service.get("/v1/areas", service.key()).json()["areas"]
    assert [area["code"] for area in everywhere] == sorted(area["code"] for area in everywhere)
    assert {area["level"] for area in everywhere} == {"province", "prefecture", "county", "township", "village"}
    counties = service.get("/v1/areas?level=county", service.key()).json()["areas"]
    assert [area["code"] for area in counties] == ["990301"]
    assert service.get("/v1/areas", service.key(area="98")).json()["areas"] == []
