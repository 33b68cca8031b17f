from __future__ import annotations

from pathlib import Path

import pytest

from office_files import COUNTIES
from riskmodel.errors import LakeError, UsageError
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.rebuild import Rebuilt, rebuild_county
from riskmodel.workflows.workspace import Workspace


def test_a_file_that_is_gone_is_derived_again_from_the_batches(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered / "2025-01-10")
    (path,) = place.lake.folder.glob(f"generations/county={COUNTIES[0]}/*/incomes.parquet")
    rows = place.lake.view(COUNTIES[0], place.lake.newest_delivery()).table("incomes").collect()
    path.unlink()
    with pytest.raises(LakeError, match=rf"is missing.*riskmodel rebuild-county {COUNTIES[0]}"):
        place.lake.view(COUNTIES[0], place.lake.newest_delivery())
    assert rebuild_county(place, COUNTIES[0]) == Rebuilt(COUNTIES[0], 4)
    assert place.lake.view(COUNTIES[0], place.lake.newest_delivery()).table("incomes").collect().equals(rows)


def test_a_batch_comes_from_the_backup_alone(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered / "2025-01-10")
    (path,) = place.lake.folder.glob(f"manifests/county={COUNTIES[0]}/*-0001.json")
    path.write_text("{", "utf-8")
    with pytest.raises(LakeError, match=r"is damaged .* riskmodel restore\. / .*备份"):
        rebuild_county(place, COUNTIES[0])


def test_a_county_that_the_lake_does_not_hold_is_refused(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered / "2025-01-10")
    with pytest.raises(UsageError, match="no county 990199"):
        rebuild_county(place, "990199")
