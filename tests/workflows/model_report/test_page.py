from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from riskmodel.rendering.messages import messages
from riskmodel.workflows.model_report.page import page, sections
from riskmodel.workflows.model_report.wording import number
from tested_county import Backtested

VOID = {"meta", "input", "br", "col", "img"}
ROOT = Path(__file__).resolve().parents[3] / "src" / "riskmodel"


class Nesting(HTMLParser):
    """Whether every element is closed where it was opened, and every id there once."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.add(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name in ("href", "src", "for") if (value := told.get(name))]
        self.faults += [name for name in told if name.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.faults += [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


@pytest.fixture(scope="module")
def made(tested: Backtested) -> str:
    return page(tested.material)


def test_the_page_is_well_formed_and_all_its_links_lead_inside(made: str) -> None:
    parser = Nesting()
    parser.feed(made)
    assert parser.faults == []
    assert parser.open == []
    assert len(set(parser.ids)) == len(parser.ids)
    assert {link.removeprefix("#") for link in parser.links} <= set(parser.ids)
    assert not parser.tags & {"script", "iframe", "link", "img", "object", "form"}


def test_the_page_needs_no_network_no_script_and_no_other_file(made: str) -> None:
    rest = made.replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?:|//\w|url\(|@import|javascript:", rest) == []
    assert len(made.encode()) < 3_000_000


def test_a_hostile_name_is_text(made: str) -> None:
    assert "<script" not in made
    assert "<img" not in made
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in made


def test_numbers_on_the_page_are_those_of_the_result(made: str, tested: Backtested) -> None:
    for test in tested.material.tests:
        for told in test["pooled"].values():
            for kind, values in told["metrics"].items():
                for name in ("average_precision", "roc_auc", "recall_at_capacity", "brier"):
                    assert f"{number(values[name], name)}<" in made, (kind, name)


def test_every_message_of_the_catalogue_is_used_and_none_shows_its_key(made: str) -> None:
    files = [*(ROOT / "workflows" / "model_report").glob("*.py"), ROOT / "workflows" / "report.py"]
    literals = {text for path in files for text in re.findall(r'"([^"\n]+)"', path.read_text("utf-8"))}
    patterns = [
        re.sub(r"\\\{.*?\\\}", r"[^.]+", re.escape(text)) for text in literals if re.match(r"[a-z.]+\.\{", text)
    ]
    keys = set(messages("report").texts)
    assert {k for k in keys - literals if not any(re.fullmatch(p, k) for p in patterns)} == set()
    visible = re.sub(r"<style>.*?</style>|<[^>]+>", " ", made, flags=re.DOTALL)
    assert {key for key in keys if "." in key and re.search(rf"(?<![\w.]){re.escape(key)}(?![\w.])", visible)} == set()
    assert "{" not in visible


def test_both_languages_say_everything(made: str) -> None:
    chinese, english = re.findall(r'<span lang="zh"', made), re.findall(r'<span lang="en"', made)
    assert len(chinese) == len(english) > 500
    for chart in re.findall(r"<svg.*?</svg>", made, flags=re.DOTALL):  # a long name may stand on two lines
        assert ('<text lang="zh"' in chart) == ('<text lang="en"' in chart)
    told = re.findall(r'<(?:span|text) lang="en"[^>]*>([^<]*)<', made)
    assert [text for text in told if re.search(r"[\u3400-\u9fff]", text)] == []


def test_chapters_come_in_order_and_the_shorter_horizon_has_its_own(tested: Backtested) -> None:
    keys = [section.key for section in sections(tested.material)]
    assert keys == [
        *("summary", "model", "data", "splits", "results-12", "results-6", "calibration", "gate", "fairness"),
        *("influence", "uses", "limits", "policy", "terms", "folds"),
    ]
    alone = replace(tested.material, tests=tested.material.tests[:1])
    assert "results-6" not in [section.key for section in sections(alone)]


def test_simulated_data_and_other_features_are_told_before_all_else(made: str, tested: Backtested) -> None:
    assert made.index("模拟数据") < made.index('<section id="summary">')
    other = [test | {"feature_set": "of-before"} for test in tested.material.tests]
    warned = page(replace(tested.material, simulated=False, tests=other))
    assert "of-before" in warned
    assert "模拟数据：" not in warned.partition('<section id="summary">')[0]
