"""Deliveries as files, written on the spot: a few families of two invented counties, and what came of them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from lake_rows import contents
from riskmodel.settings import Settings
from riskmodel.sources.identifiers import Hasher
from riskmodel.workflows.installation import installation_key, key_path
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskmodel.workflows.ingest import Ingested

COUNTIES: Final = ("990101", "990102")
END: Final = date(2025, 12, 31)
"""A day after all deliveries."""


def id_number(serial: int, born: str = "19740305") -> str:
    """An invented citizen's number with the right check digit."""
    digits = f"990101{born}{serial:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return digits + "10X98765432"[sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11]


A, B, C, D, E = (id_number(serial) for serial in (1, 3, 5, 7, 9))
VILLAGES: Final = """村代码,村名,乡镇,县,市,省,启用日期,是否脱贫村
990101001001,示例村,示例镇,示例县,示例市,示例省,2014-01-01,是
990102001001,远村,远乡,远县,示例市,示例省,2014-01-01,否
"""
_HOMES: Final = "户编号,户主姓名,村代码,变更日期,户类型,家庭人口数,户状态\n"
_PEOPLE: Final = "户编号,证件号码,姓名,与户主关系,出生年月,性别,变更日期,文化程度\n"
_ON_LIST: Final = "户编号,月份,救助类型,保障人数,金额\n"
_EPISODES: Final = "户编号,监测对象类别,致贫返贫风险1,识别监测时间\n"
_FULL_LIST: Final = '[files."social_assistance.csv"]\nfull_list = true\nperiod_from = 2025-01-01\n'

DELIVERIES: Final[Mapping[str, Mapping[str, str]]] = {
    "2025-01-10": {
        "villages.csv": VILLAGES,
        "households.csv": _HOMES
        + "1,赵一,990101001001,2025-01-01,一般农户,2,正常\n"
        + "2,钱二,990101001001,2025-01-01,一般农户,1,正常\n"
        + "5,孙五,990102001001,2025-01-01,一般农户,1,正常\n",
        "members.csv": _PEOPLE
        + f"1,{A},赵一,户主,1974-03,男,2025-01-01,小学\n1,,李四,配偶,1974-03,女,2025-01-01,小学\n"
        + f"2,{C},钱二,户主,1974-03,男,2025-01-01,小学\n5,{E},孙五,户主,1974-03,男,2025-01-01,小学\n",
        # household 4 is not known yet; one amount cannot be read; one row stands twice
        "incomes.csv": "户编号,月份,收入项目,金额\n1,2024-12,务工,100\n2,2024-12,务工,200\n4,2024-12,务工,400\n"
        "5,2024-12,务工,500\n1,2024-11,务工,many\n5,2024-12,务工,500\n",
    },
    "2025-02-10": {
        "incomes-2.csv": "户编号,月份,收入项目,金额\n5,2025-01,务工,510\n1,2025-01,务工,110\n1,2024-12,务工,101\n",
        "employment.csv": f"证件号码,月份,是否务工,月工资\n{A},2025-01,是,110\n{D},2025-01,是,410\n",
    },
    "2025-03-10": {
        "households.csv": _HOMES
        + "4,周四,990101001001,2025-02-01,一般农户,1,正常\n1,赵一,990101001001,2025-03-01,一般农户,3,正常\n",
        "members.csv": _PEOPLE
        + f"4,{D},周四,户主,1974-03,男,2025-02-01,小学\n1,{B},李四,配偶,1974-03,女,2025-03-01,初中\n"
        + f"1,{A},赵一,户主,1974-03,男,2025-03-01,初中\n",
        "medical_settlements.csv": "结算编号,证件号码,就诊类型,就诊日期,总费用,基本医保支付,个人自付\n"
        f"s1,{A},普通门诊,2025-02-05,90,50,40\ns2,{D},普通门诊,2025-02-07,80,50,30\n",
        "social_assistance.csv": _ON_LIST
        + "1,2025-02,农村低保,2,300\n2,2025-02,农村低保,1,200\n5,2025-02,农村低保,1,200\n",
        "delivery.toml": _FULL_LIST,
    },
    "2025-04-10": {
        # arrives late: what was true in February
        "members.csv": "证件号码,变更日期,健康状况\n" + f"{A},2025-02-01,患有大病\n",
        "social_assistance.csv": _ON_LIST + "1,2025-02,农村低保,2,300\n5,2025-02,农村低保,1,200\n",
        "monitoring_episodes.csv": _EPISODES + "1,突发严重困难户,因病,2025-03\n",
        "delivery.toml": _FULL_LIST,
    },
    "2025-05-10": {
        "monitoring_episodes.csv": _EPISODES + "1,突发严重困难户,因病,2025-04\n",
        "incomes.csv": "户编号,月份,收入项目,金额\n4,2025-04,务工,440\n6,2025-04,务工,600\n",
    },
}
"""Day and files. In the end household 6 still waits and one row is refused."""


def write_deliveries(folder: Path, deliveries: Mapping[str, Mapping[str, str | bytes]] = DELIVERIES) -> Path:
    """Write delivery folders below `folder`."""
    for day, files in deliveries.items():
        (folder / day).mkdir(parents=True)
        for name, content in files.items():
            (folder / day / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def workspace_in(folder: Path, *, key: bool = True) -> Workspace:
    """An empty workspace, with a key that is always the same, so that equal numbers are equal ids."""
    workspace = Workspace(Settings(folder))
    folder.mkdir(parents=True, exist_ok=True)
    if key:
        key_path(workspace).write_text("5e" * 32 + "\n", "ascii")
        key_path(workspace).chmod(0o600)
    return workspace


def counts(done: Ingested) -> tuple[int, int, int, int, int]:
    """Rows read, loaded, repeated, waiting and refused; in every file the first is the sum of the others."""
    for account in done.accounts:
        ends = (account.rows_loaded, account.rows_duplicate, account.rows_waiting, account.rows_refused)
        assert account.rows_read == sum(ends), account
    found = (done.rows_read, done.rows_loaded, done.rows_duplicate, done.rows_waiting, done.rows_refused)
    assert found[0] == sum(found[1:])
    return found


def known(workspace: Workspace, name: str, county: str = COUNTIES[0]) -> pl.DataFrame:
    """What a county knows of a table in the end."""
    return workspace.lake.view(county, END).canonical(name)


def id_of(workspace: Workspace, kind: str, number: str) -> str:
    """Id of a number in this workspace."""
    return str(Hasher(installation_key(workspace)).ids(kind, pl.Series([number]))[0])


def lines_of(path: Path | None, *columns: str) -> list[tuple[object, ...]]:
    """Lines of a part of the report."""
    assert path is not None
    return pl.read_parquet(path).select(columns).rows()


def kept(place: Workspace) -> dict[str, bytes]:
    """Tables of the generations in force, batches, manifests and rows that wait."""
    for county in COUNTIES:
        place.lake.view(county, END)  # merges what a kill left unmerged
    lake = place.lake.folder
    found = {
        f"{part}/{name}": text
        for part in ("batches", "manifests", "waiting")
        for name, text in contents(lake / part).items()
    }
    for pointer in lake.glob("generations/*/CURRENT"):
        newest = max((p for p in pointer.parent.iterdir() if p.is_dir()), key=lambda p: p.name)
        tables = {name: text for name, text in contents(newest).items() if name.endswith(".parquet")}
        found |= {f"{pointer.parent.name}/{name}": text for name, text in tables.items()}
    return {name: text for name, text in found.items() if not name.endswith(".tmp")}
