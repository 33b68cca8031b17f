from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from riskmodel.errors import UsageError
from riskmodel.features import assemble, declared
from riskmodel.workflows.feature_pages import BINS, FeaturePage, pages
from riskmodel.workflows.workspace import Workspace

AS_OF = date(2024, 5, 25)


@pytest.fixture(scope="module")
def made(sample_workspace: Workspace) -> dict[str, FeaturePage]:
    return {page.feature.name: page for page in pages(sample_workspace, AS_OF)}


@pytest.fixture(scope="module")
def values(sample_workspace: Workspace) -> pl.DataFrame:
    return assemble(sample_workspace.lake, AS_OF, policy=sample_workspace.policy).rows


def test_there_is_a_page_for_every_feature_in_order_of_declaration(made: dict[str, FeaturePage]) -> None:
    assert list(made) == [f.name for f in declared()]


def test_a_page_tells_how_many_miss_it_and_the_quantiles_of_the_rest(
    made: dict[str, FeaturePage], values: pl.DataFrame
) -> None:
    page, column = made["received_to_line_3m"], values["received_to_line_3m"]
    assert page.households == values.height
    assert page.missing == pytest.approx(column.null_count() / values.height)
    assert 0 < page.missing < 1
    assert page.quantiles["50%"] == pytest.approx(column.median())
    assert (page.quantiles["least 最小"], page.quantiles["greatest 最大"]) == (column.min(), column.max())


def test_few_values_have_a_bar_each_and_many_have_bins_and_both_are_shares(
    made: dict[str, FeaturePage], values: pl.DataFrame
) -> None:
    size = made["household_size"]
    counts = values["household_size"].value_counts(sort=False).sort("household_size")
    assert [bar.label for bar in size.bars] == [f"{value:g}" for value in counts["household_size"]]
    assert [bar.share for bar in size.bars] == pytest.approx((counts["count"] / values.height).to_list())
    assert len(made["received_to_line_3m"].bars) == BINS
    assert all(sum(bar.share for bar in page.bars) == pytest.approx(1) for page in made.values() if page.bars)


def test_a_feature_that_is_never_known_has_a_page_without_bars(made: dict[str, FeaturePage]) -> None:
    page = made["bills_to_income_12m"]  # the generated county delivers no bills
    assert (page.missing, page.bars, page.quantiles) == (1, [], {})
    assert "no data" in page._repr_html_()


@pytest.mark.parametrize("f", declared(), ids=lambda f: f.name)
def test_a_page_shows_the_declaration(made: dict[str, FeaturePage], f: Any) -> None:
    shown = made[f.name]._repr_html_()
    assert f"<h2>{f.name}</h2>" in shown
    assert all(text in shown for text in (f.label, f.unit, f.group.zh, "<svg"))
    assert shown.count("<h2>") == 1


def test_a_date_on_which_nobody_was_known_is_refused(sample_workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no household was known on 2001-01-01"):
        next(pages(sample_workspace, date(2001, 1, 1)))
