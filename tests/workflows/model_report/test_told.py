from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC
from xml.etree import ElementTree

import pytest

from riskmodel.rendering.document import Bullets, Figure, Paragraph, Table
from riskmodel.rendering.messages import same
from riskmodel.training.folds import SCHEMES
from riskmodel.training.labels import LABELS, label_named
from riskmodel.workflows.model_report import told
from riskmodel.workflows.model_report.wording import TELL
from tested_county import Backtested


def test_the_facts_are_those_of_the_version(tested: Backtested) -> None:
    table, _ = told.model(tested.material)
    assert isinstance(table, Table)
    values = [str(row[1]) for row in table.rows]
    assert f"{tested.material.name}, 1" in values
    assert tested.material.bundle.hash[:16] in values
    assert any("6 + 12" in value for value in values)


def test_a_champion_that_was_trained_as_challenger_is_told_as_the_model_in_use(tested: Backtested) -> None:
    both = replace(tested.material.version, aliases=("champion", "challenger"))
    (table, _) = told.model(replace(tested.material, version=both))
    assert isinstance(table, Table)
    assert [row[1] for row in table.rows if row[0] == TELL("model.alias")] == [TELL("model.alias.champion")]


def test_the_time_of_training_names_its_zone(tested: Backtested) -> None:
    (table, _) = told.model(tested.material)
    assert isinstance(table, Table)
    (shown,) = [str(row[1]) for row in table.rows if row[0] == TELL("model.trained_at")]
    assert shown == f"{tested.material.bundle.facts.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@pytest.mark.parametrize("name", LABELS)
def test_every_declared_label_is_told_in_plain_words(name: str) -> None:
    assert all(f"label.{name}.{part}" in TELL for part in ("cohort", "event", "settles"))


def test_rows_and_events_of_every_date_stand_beside_their_chart(tested: Backtested) -> None:
    (figure,) = [block for block in told.data(tested.material) if isinstance(block, Figure)]
    assert figure.table is not None
    first = tested.result["by_date"][0]
    assert list(figure.table.rows[0][:3]) == [first["as_of"], f"{first['rows']:,}", f"{first['events']:,}"]
    assert len(figure.table.rows) == len(tested.result["by_date"])


def test_a_horizon_without_a_back_test_is_not_released(tested: Backtested) -> None:
    lacking = replace(tested.material, tests=tested.material.tests[:1], lacking=[label_named("new_entry_6m")])
    (refused,) = [block for block in told.data(lacking) if isinstance(block, Paragraph) and block.tone == "bad"]
    assert "not released" in refused.text.en


def test_the_picture_of_the_splits_has_a_cell_for_every_training_and_test_date(tested: Backtested) -> None:
    pictures = [block for block in told.splits(tested.material) if isinstance(block, Figure)]
    assert len(pictures) == 2 * len(SCHEMES)
    for scheme, picture in zip(SCHEMES, pictures, strict=False):
        folds = [fold for fold in tested.result["folds"] if fold["scheme"] == scheme]
        cells = Counter(
            c.attrib.get("data-use")
            for c in ElementTree.fromstring(picture.chart).iter("{http://www.w3.org/2000/svg}rect")
        )
        teaching = 1 if scheme == "time" else 2  # parts that a fold learns from
        assert cells["test"] - 1 == sum(len(fold["test_dates"]) for fold in folds)
        assert cells["train"] - 1 == sum(teaching * len(fold["train_dates"]) for fold in folds)
        assert (cells["gap"] - 1 > 0) == (scheme != "area")


def test_what_it_is_not_for_is_set_apart() -> None:
    allowed, forbidden = told.uses()
    assert isinstance(allowed, Bullets)
    assert isinstance(forbidden, Bullets)
    assert forbidden.tone == "bad"
    assert len(forbidden.items) >= 5


def test_limits_fit_the_case(tested: Backtested) -> None:
    found = tested.material
    texts = [text.en for text in told.limits(found)]
    assert any("simulated" in text for text in texts)
    assert any("few events" in text for text in texts)
    real = told.limits(replace(found, simulated=False, unconfirmed=["visits.per_township_month (national)"]))
    assert not any("simulated" in text.en for text in real)
    assert any("number of visits" in text.en for text in real)
    assert not any("number of visits" in t.en for t in told.limits(replace(found, unconfirmed=[])))


def test_unconfirmed_values_are_listed_with_kind_and_area(tested: Backtested) -> None:
    found = replace(tested.material, unconfirmed=["monitoring_line (52)", "tier.high (national)"])
    _, table = told.policy(found)
    assert isinstance(table, Table)
    assert [[str(row[0]), row[2]] for row in table.rows] == [
        ["monitoring_line", same("52")],
        ["tier.high", TELL("national")],
    ]
    (good,) = told.policy(replace(tested.material, unconfirmed=[]))
    assert isinstance(good, Paragraph)
    assert good.tone == "good"
