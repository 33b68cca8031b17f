from __future__ import annotations

import pytest

from riskmodel.policy import VOCABULARIES, Term, vocabulary

every_vocabulary = pytest.mark.parametrize("words", VOCABULARIES, ids=lambda words: words.__name__)


@every_vocabulary
def test_every_word_has_a_chinese_and_an_english_title(words: type[Term]) -> None:
    for word in words:
        assert word.zh.strip()
        assert word.en[0].isascii()
        assert word.en[0].isupper()
        assert str(word) == word.value == f"{word}"


@every_vocabulary
def test_no_two_words_of_a_list_share_a_code_a_title_or_an_alias(words: type[Term]) -> None:
    texts = [text for word in words for text in {word.value, word.zh, *word.aliases}]
    assert len(texts) == len(set(texts))
    assert len({word.en for word in words}) == len(words)


@every_vocabulary
def test_every_code_title_and_alias_is_accepted_on_import(words: type[Term]) -> None:
    for word in words:
        for text in (word.value, word.zh, *word.aliases, f" {word.zh} "):
            assert words.from_label(text) is word


def test_no_list_of_words_is_missing_and_none_is_there_twice() -> None:
    """A list defined in a file that nobody imports here would escape the tests above."""
    names = [words.__name__ for words in VOCABULARIES]
    assert set(VOCABULARIES) == {item for item in vars(vocabulary).values() if is_list_of_words(item)}
    assert names == sorted(set(names))


def is_list_of_words(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, Term) and item is not Term
