from __future__ import annotations

import re
import string
from importlib.resources import files

import pytest
from markupsafe import Markup, escape

from riskmodel.rendering.messages import Words, messages, same

PAGES = sorted(f.name.removesuffix(".toml") for f in files("riskmodel.rendering").joinpath("messages").iterdir())
CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef]")
NAMES_OF_MEASURES = {"metric.roc_auc", "short.roc_auc", "short.brier", "short.ece"}
"""Written alike in both languages."""


def fields(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


@pytest.mark.parametrize("page", PAGES)
def test_every_message_is_there_in_both_languages_with_the_same_fields(page: str) -> None:
    texts = messages(page).texts
    assert [key for key, told in texts.items() if set(told) != {"zh", "en"} or not all(told.values())] == []
    assert [key for key, told in texts.items() if fields(told["zh"]) != fields(told["en"])] == []


@pytest.mark.parametrize("page", PAGES)
def test_chinese_is_chinese_and_english_is_not(page: str) -> None:
    texts = {k: t for k, t in messages(page).texts.items() if k not in NAMES_OF_MEASURES}
    assert [key for key, told in texts.items() if not CHINESE.search(re.sub(r"\{\w+\}", "", told["zh"]))] == []
    assert [key for key, told in texts.items() if CHINESE.search(told["en"])] == []


def test_a_field_may_be_words_and_is_taken_in_the_language_of_the_message() -> None:
    told = messages("report")("section.results", months=Words("十二", "twelve"))
    assert "十二" in told.zh
    assert "twelve" in told.en
    assert "十二" not in told.en


def test_a_key_or_field_that_is_not_there_is_a_fault_of_the_program() -> None:
    tell = messages("report")
    with pytest.raises(KeyError):
        tell("no.such.key")
    with pytest.raises(KeyError):
        tell("section.results")
    assert "no.such.key" not in tell
    assert "title" in tell


def test_both_languages_are_marked_and_markup_in_them_is_text() -> None:
    shown = escape(Words("<b>中", "a & b"))
    assert shown == Markup('<span lang="zh">&lt;b&gt;中</span><span lang="en">a &amp; b</span>')
    assert escape(same("<12>")) == Markup("&lt;12&gt;")
    assert str(Words("中", "en")) == "中 en"
    assert str(same(3)) == "3"
