"""Words in Chinese and English from one catalogue per page, and both of them in one page.

A page holds both languages; its style sheet shows one of them. So the two can never differ in a number or a table.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from collections.abc import Mapping

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Words:
    """The same said in both languages."""

    zh: str
    en: str

    def of(self, language: Language) -> str:
        """The words of one language."""
        return self.zh if language == "zh" else self.en

    def __html__(self) -> Markup:
        """Both, each marked with its language; what is the same in both is there once."""
        if self.zh == self.en:
            return escape(self.zh)
        return Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(self.zh, self.en)

    def __str__(self) -> str:
        """Chinese first, for plain text."""
        return self.zh if self.zh == self.en else f"{self.zh} {self.en}"


def same(text: object) -> Words:
    """A number, a code or a name, which both languages write alike."""
    return Words(str(text), str(text))


@dataclass(frozen=True)
class Messages:
    """The catalogue of one page: key -> text per language, with named fields."""

    texts: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, **fields: object) -> Words:
        """A message with its fields filled in; a field may be `Words`. KeyError for an unknown key or field."""
        return Words(self.text(key, "zh", **fields), self.text(key, "en", **fields))

    def text(self, key: str, language: Language, **fields: object) -> str:
        """The same in one language."""
        told = {name: v.of(language) if isinstance(v, Words) else v for name, v in fields.items()}
        return self.texts[key][language].format(**told)

    def __contains__(self, key: str) -> bool:
        return key in self.texts


@cache
def messages(page: str) -> Messages:
    """The catalogue `messages/<page>.toml`, read once."""
    text = files("riskmodel.rendering").joinpath("messages", f"{page}.toml").read_text("utf-8")
    return Messages(tomllib.loads(text))
