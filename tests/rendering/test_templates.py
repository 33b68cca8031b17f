from __future__ import annotations

import re
from importlib.resources import files

import pytest
from jinja2 import UndefinedError

from riskmodel.rendering.templates import environment, number, page

EMPTY = {
    "path": "deliveries",
    "made_on": "2025-03-10",
    "confidential": "内部",
    "numbers": [],
    "rejected": [],
    "summary": {"header": [], "rows": [], "total": [], "check": "", "wrong": False},
    "sections": [],
}
TEMPLATES = sorted(file.name for file in files("riskmodel.rendering").joinpath("templates").iterdir())


def source(template: str) -> str:
    return files("riskmodel.rendering").joinpath("templates", template).read_text("utf-8")


def test_markup_in_a_value_is_shown_as_text() -> None:
    made = page("ingest.html", **EMPTY | {"path": "<script>alert('1')</script>"})
    assert "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;" in made
    assert "<script" not in made


@pytest.mark.parametrize("lacking", EMPTY)
def test_a_name_that_nobody_gave_is_an_error(lacking: str) -> None:
    with pytest.raises(UndefinedError, match=lacking):
        page("ingest.html", **{name: value for name, value in EMPTY.items() if name != lacking})


def test_the_shipped_templates_are_the_ones_that_are_found() -> None:
    assert environment().list_templates() == TEMPLATES == ["base.html", "document.html", "ingest.html"]


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_needs_no_script_no_network_and_no_other_file(template: str) -> None:
    text = source(template)
    assert re.findall(r"<script|<link|<img|<iframe|https?:|//\w|@import|url\(|\son\w+=|javascript:", text) == []
    assert "|safe" not in text.replace(" ", "")


def test_a_page_is_chinese_fits_a4_and_may_load_nothing() -> None:
    made = page("ingest.html", **EMPTY)
    assert made.startswith('<!DOCTYPE html>\n<html lang="zh-CN">')
    assert "default-src 'none'" in made
    assert "@page { size: A4;" in made
    assert '"Microsoft YaHei"' in made


def test_thousands_are_set_apart() -> None:
    assert [number(value) for value in (0, 999, 1_000, 1_234_567)] == ["0", "999", "1,000", "1,234,567"]
