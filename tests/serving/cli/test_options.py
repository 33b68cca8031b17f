from __future__ import annotations

from datetime import date

import pytest

from riskmodel.errors import UsageError
from riskmodel.serving.cli.options import parsed_date, parsed_month


def test_a_date_is_written_year_month_day() -> None:
    assert parsed_date("2025-06-05") == date(2025, 6, 5)
    assert parsed_date(None) is None


@pytest.mark.parametrize("text", ["5.6.2025", "2025-06", "2025-02-30", ""])
def test_what_is_no_date_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a date\. Write it as YYYY-MM-DD.* / .*不是日期。.*。"):
        parsed_date(text)


def test_a_month_is_its_first_day() -> None:
    assert parsed_month("2025-05") == date(2025, 5, 1)


@pytest.mark.parametrize("text", ["2025-13", "2025-05-01", "May 2025", ""])
def test_what_is_no_month_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a month\. Write it as YYYY-MM.* / .*不是月份。.*。"):
        parsed_month(text)
