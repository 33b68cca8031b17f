from __future__ import annotations

from datetime import date

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
    told = metrics.text().decode()
    assert [line[-3:] for line in told.splitlines() if line.startswith("riskmodel_model_info{")] == ["0.0", "1.0"]


def test_a_refused_champion_and_the_newest_month_are_told_and_no_month_before_there_is_one() -> None:
    metrics = Metrics()
    before = metrics.text().decode()
    metrics.refused(refused=True)
    metrics.newest_month("new_entry_12m", date(2026, 1, 5))
    after = metrics.text().decode()
    assert "riskmodel_champion_refused 0.0" in before
    assert "riskmodel_newest_month_timestamp_seconds{" not in before
    assert "riskmodel_champion_refused 1.0" in after
    assert 'riskmodel_newest_month_timestamp_seconds{label="new_entry_12m"} 1.7675712e+09' in after
