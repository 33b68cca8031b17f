from __future__ import annotations

import pytest

from riskmodel.sources.personal import PERSONAL
from riskmodel.tables import TABLES
from riskmodel.tables.column import normal_header


@pytest.mark.parametrize("name", TABLES)
def test_no_table_has_a_personal_column_or_takes_one_of_their_titles(name: str) -> None:
    spec = TABLES[name]
    titles = {normal_header(title) for column, headers in PERSONAL.items() for title in (column, *headers)}
    assert not set(PERSONAL) & set(spec.columns)
    assert not titles & set(spec.headers)
