"""The habits of the departments: what kind of file each sends, its headers, and how it writes days and money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from riskmodel.tables import table

CSV, XLSX, PARQUET = "csv", "xlsx", "parquet"
MOST_IN_A_WORKBOOK: Final = 3000
"""Rows above which a department that sends workbooks sends a CSV instead."""


@dataclass(frozen=True)
class Form:
    """How one kind of file looks. Days: an `strftime` pattern; headers: column -> the one that is used here."""

    file: str
    kind: str = CSV
    encoding: str = "utf-8"
    source: str = ""
    """Code of the department where it is not the usual one of the table."""
    day: str = "%Y-%m-%d"
    month: str = "%Y-%m"
    headers: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    """Columns that this file does not have."""
    personal: tuple[str, ...] = ()
    ten_thousands: tuple[str, ...] = ()
    """Amounts in 万元."""
    thousands: bool = False
    """Amounts with separators."""
    title: str = ""
    total: bool = False
    """A last row 合计."""
    yes_no: tuple[str, str] = ("是", "否")
    full_list: bool = False
    period: bool = False
    reference: bool = False

    @property
    def table(self) -> str:
        """The table that the file is named after."""
        return self.file.partition("-")[0]

    def header(self, column: str) -> str:
        """What stands above a column."""
        if column in self.headers:
            return self.headers[column]
        unit = "(万元)" if column in self.ten_thousands else ""
        return table(self.table).facts[column].headers[0] + unit


FORMS: Final = {
    form.file: form
    for form in (
        Form("villages", XLSX, title="虚构县行政村名单"),
        Form("households", encoding="utf-8-sig", personal=("head_name", "address", "phone"), reference=True),
        Form(
            "members", encoding="gb18030", personal=("person_name",), reference=True, month="%Y%m",
            headers={"person_id": "证件号码", "health": "健康状况"},
        ),
        Form("incomes", full_list=True, period=True, month="%Y%m", personal=("head_name",),
             headers={"component": "补贴项目", "month": "发放月份"}),
        Form("incomes-2", encoding="gb18030", source="hrss", headers={"amount": "金额(元)"}),
        Form("incomes-3", source="village", month="%Y年%-m月", thousands=True, personal=("head_name",)),
        Form("income_surveys", encoding="utf-8-sig", day="%Y/%-m/%-d", headers={"wage_public_post": "其中公益岗"}),
        Form("income_surveys-2", XLSX, day="%Y年%-m月%-d日", title="收入测算表"),
        Form("employment", source="hrss", headers={"month": "监测月份", "person_id": "身份证号", "wage": "月收入"},
             yes_no=("1", "0"), personal=("person_name",)),
        Form("medical_settlements", encoding="gb18030", day="%Y%m%d", without=("household_id",),
             headers={"settlement_id": "结算单号", "service_end": "出院日期", "self_pay": "个人负担"}),
        Form("enrolments", PARQUET, headers={"self_pay": "资助后自付", "person_id": "身份证号"}),
        Form("dwellings", XLSX, source="housing", day="%Y/%-m/%-d", title="农村住房安全鉴定台账",
             without=("water_source", "water_safe", "outage_days")),
        Form("dwellings-2", source="water", headers={"inspected_on": "检查日期"},
             without=("house_grade", "house_area", "occupied", "rebuilt_on")),
        Form("loan_statements", encoding="gb18030", ten_thousands=("principal", "balance"), title="小额信贷台账",
             total=True, headers={"loan_id": "合同编号"}),
        Form("loan_statements-2", XLSX, thousands=True, title="贷款明细表", total=True, day="%Y年%-m月%-d日"),
        Form("shocks", XLSX, source="emergency", title="受灾情况统计表"),
        Form("shocks-2", XLSX, source="police", day="%Y/%-m/%-d", without=("claim_paid",)),
        Form("shocks-3", source="village", headers={"kind": "类型"}, thousands=True),
        Form("shocks-4", XLSX, source="insurer", title="理赔清单", total=True),
        Form("social_assistance", XLSX, full_list=True, period=True, month="%Y年%-m月", title="社会救助对象名单",
             total=True, headers={"persons": "保障人数", "amount": "救助金额(元)"}, personal=("head_name",)),
        Form("social_assistance-2", source="disabled", month="%Y%m"),
        Form("measures", XLSX, title="帮扶措施台账", headers={"measure": "帮扶措施"}),
        Form("guarantee_checks", XLSX, headers={"school_ok": "是否失学辍学", "water_ok": "饮水安全问题"}),
        Form("visits", encoding="utf-8-sig", day="%Y/%-m/%-d", headers={"cause_1": "风险原因1"}, source="village"),
        Form("monitoring_episodes", XLSX, title="防止返贫监测对象台账", month="%Y年%-m月",
             headers={"cause_1": "返贫风险1", "eliminated_month": "消除监测时间"}, personal=("head_name",)),
    )
}  # fmt: skip
"""Every kind of file by its name. A file of another kind than usual keeps its name and takes another ending."""
