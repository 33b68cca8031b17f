from __future__ import annotations

from riskmodel.serving.api.metrics import Metrics


def test_what_is_counted_stands_in_the_text() -> None:
    metrics = Metrics()
    metrics.request("GET", "/v1/households/{id}", 200, 0.004)
    metrics.told({12: 0.23, 6: 0.11})
    metrics.assessed(["income_to_line"])
    metrics.model("new_entry_12m", 3, "ab" * 32)
    text = metrics.text().decode()
    assert 'riskmodel_requests_total{method="GET",route="/v1/households/{id}",status="200"} 1.0' in text
    assert 'riskmodel_probability_bucket{horizon="12m",le="0.3"} 1.0' in text
    assert 'riskmodel_feature_missing_total{feature="income_to_line"} 1.0' in text
    assert 'riskmodel_model_info{hash="abababababababab",label="new_entry_12m",version="3"} 1.0' in text


def test_one_model_is_named_at_a_time() -> None:
    metrics = Metrics()
    metrics.model("new_entry_12m", 3, "ab" * 32)
    metrics.model("new_entry_12m", 4, "cd" * 32)
    assert metrics.text().decode().count("riskmodel_model_info{") == 1
