"""The folder of an installation, and where everything lies in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from riskmodel.errors import UsageError
from riskmodel.policy import Policy
from riskmodel.tables import Lake
from riskmodel.tables.freshness import first_known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.models import Registry
    from riskmodel.settings import Settings

NEWS_DAYS = 62
"""A day is refused when nothing was delivered for this long before it: two months without any news."""
MODEL = "household-risk"
"""Start of the names of registered models; every label has its own, see `model_name`."""


@dataclass(frozen=True)
class Workspace:
    """lake/, policy/ (the office's own values), models/, mlflow/, results/, reports/ below one folder."""

    settings: Settings

    @property
    def home(self) -> Path:
        """The folder itself."""
        return self.settings.home

    @cached_property
    def lake(self) -> Lake:
        """What the departments delivered."""
        return Lake(self.home / "lake")

    @cached_property
    def policy(self) -> Policy:
        """The shipped policy values, completed and overridden by `policy/*.toml`."""
        own = self.home / "policy"
        return Policy.load(own) if own.is_dir() else Policy.load()

    @cached_property
    def registry(self) -> Registry:
        """Trained models, on an embedded MLflow store."""
        from riskmodel.models import Registry

        return Registry(self.home / "mlflow")

    @property
    def models(self) -> Path:
        """Bundles as they were trained, one folder per label and time of training."""
        return self.home / "models"

    @property
    def results(self) -> Path:
        """Scores, one folder per as-of date with one Parquet file per county."""
        return self.home / "results"

    @property
    def runs(self) -> Path:
        """What is under way for a day or a month, and the accounts of what ran."""
        return self.home / "runs"

    @property
    def reports(self) -> Path:
        """What was written for people."""
        return self.home / "reports"

    def counties(self) -> list[str]:
        """Counties in the lake. Raises UsageError when there is none yet."""
        counties = self.lake.counties()
        if not counties:
            raise UsageError(
                f"{self.home} holds no data yet. Ingest a delivery first: riskmodel ingest FOLDER / "
                f"{self.home} 中还没有数据。请先入库：riskmodel ingest 文件夹"
            )
        return counties

    def scores(self, label: str) -> Path:
        """Folder of the scores of a label: the results for the label of the installation, else a folder of its own."""
        return self.results if label == self.settings.label else self.results / label

    def require_known(self, as_of: date, arriving: Sequence[date] = ()) -> None:
        """Raise UsageError for a day before anything was known, or so long after the last news that nothing is.

        `arriving`: days of what is going to be taken in.
        """
        held = bool(self.lake.counties()) or not arriving
        newest = max([*arriving, *([self.lake.newest_delivery()] if held else [])])
        first = min([*arriving, *([first_known(self.lake)] if held else [])])
        if as_of < first:
            raise UsageError(
                f"no household was known on {as_of}; the first was known on {first}. Give a later date. / "
                f"{as_of} 还没有任何户的数据，最早的是 {first}。请给更晚的日期。"
            )
        if as_of > newest + timedelta(days=NEWS_DAYS):
            raise UsageError(
                f"{as_of} lies more than {NEWS_DAYS} days after the newest delivery ({newest}): nothing is known of "
                f"that time. Ingest newer deliveries, or give an earlier date. / {as_of} 距最新一次报送（{newest}）"
                f"超过 {NEWS_DAYS} 天，那时的情况无从知道。请先入库更新的报送，或给更早的日期。"
            )


def model_name(label: str) -> str:
    """Name under which models of a label are registered."""
    return f"{MODEL}-{label}"
