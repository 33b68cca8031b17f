from __future__ import annotations

import pytest

from riskmodel.policy import Source
from riskmodel.sources.synthetic.observation.forms import FORMS, Form
from riskmodel.tables import TABLES, table
from riskmodel.tables.column import normal_header


def test_every_table_has_a_file() -> None:
    assert {form.table for form in FORMS.values()} == set(TABLES)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.file)
def test_every_header_belongs_to_its_column(form: Form) -> None:
    spec = table(form.table)
    written = [name for name in spec.payload if name not in form.without]
    for name in written:
        title = form.headers.get(name, form.header(name))
        assert name in spec.headers[normal_header(title)], (name, title)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.file)
def test_a_file_names_columns_and_departments_that_exist(form: Form) -> None:
    spec = table(form.table)
    assert set(form.without) | set(form.ten_thousands) <= set(spec.payload)
    assert set(form.headers) <= set(spec.payload) | {"health"}
    assert form.source in ("", *Source.codes())


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.file)
def test_a_column_that_must_be_there_is_left_out_only_where_it_can_be_derived(form: Form) -> None:
    spec = table(form.table)
    assert set(form.without) & set(spec.required) <= {"household_id"}


def test_files_of_all_kinds_occur() -> None:
    forms = FORMS.values()
    assert {form.kind for form in forms} == {"csv", "xlsx", "parquet"}
    assert {form.encoding for form in forms} == {"utf-8", "utf-8-sig", "gb18030"}
    assert len({form.day for form in forms}) >= 4
    assert len({form.month for form in forms}) >= 3
    assert any(form.ten_thousands for form in forms)
    assert any(form.thousands for form in forms)
