from __future__ import annotations

import re
from importlib.resources import files

import pytest

from riskmodel.serving.pages.shown import own_path, pages, static_url

TEMPLATES = sorted(
    entry.name for entry in files("riskmodel.serving.pages").joinpath("templates").iterdir() if entry.is_file()
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_nothing_that_the_policy_of_content_forbids(name: str) -> None:
    text = files("riskmodel.serving.pages").joinpath("templates", name).read_text("utf-8")
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*src=)|javascript:", text)
    assert not re.search(r"https?://|//[a-z]", text), "a page loads nothing of elsewhere"
    assert "|safe" not in text.replace(" ", "")
    pages().get_template(name)


def test_a_file_has_another_address_when_it_is_another() -> None:
    assert re.fullmatch(r"/static/style\.css\?v=[0-9a-f]{12}", static_url("style.css"))


@pytest.mark.parametrize("path", ["//x", "/\\x", "https://x", "x", "", "/a\nb", "/a\\b"])
def test_a_way_back_leads_nowhere_else(path: str) -> None:
    assert own_path(path) == "/"
    assert own_path("/worklist?month=2026-01-05&find=李") == "/worklist?month=2026-01-05&find=李"
