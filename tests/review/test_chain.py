from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import UsageError
from riskmodel.review.chain import FIRST, Entry, Head, erasing, examined, taken_apart, without_text, written

SAID = Entry("2028-07-01T09:00:00+08:00", "ann", "erase", "time is over", ())


def entry(number: int) -> Entry:
    return Entry(f"2025-07-{number + 1:02d}T09:00:00+08:00", "ann", "look_up", "visit list", (f"H{number:024x}",))


def lines(count: int, *, of_old: int = 0) -> list[bytes]:
    """Lines of a whole chain, the first `of_old` of them in the first form."""
    made: list[bytes] = []
    for number in range(count):
        before = taken_apart(made[-1]).link if made else FIRST
        made.append(old_line(entry(number), before) if number < of_old else written(entry(number), before))
    return made


def old_line(said: Entry, before: str) -> bytes:
    """As version 0.1.0 wrote them at first."""
    facts = {"before": before, "when": said.when, "who": said.who, "action": said.action, "purpose": said.purpose}
    return json.dumps(facts | {"ids": list(said.ids)}, ensure_ascii=False).encode() + b"\n"


def broken_at(chain: list[bytes]) -> int | None:
    return examined(chain).broken_at


def test_a_line_of_the_first_form_is_linked_by_the_hash_of_all_of_it() -> None:
    first, second = lines(2, of_old=2)
    assert json.loads(second)["before"] == hashlib.sha256(first).hexdigest()
    assert taken_apart(first).entry == entry(0)


@pytest.mark.parametrize("of_old", [0, 2, 6])
def test_a_chain_of_either_form_or_both_is_whole_and_stays_so_when_text_is_erased(of_old: int) -> None:
    chain = lines(6, of_old=of_old)
    head = examined(chain).head
    once = list(erasing(chain, 3, SAID))
    twice = list(erasing(once, 7, SAID))
    for found in (chain, once, twice):
        assert broken_at(found) is None
        assert examined(found, head).noted
    told = [taken_apart(line).entry for line in twice]
    assert [(said.who, said.action, said.erased) for said in told if said][:3] == [("ann", "look_up", True)] * 3
    assert not any(b"visit list" in line or b"H0000" in line for line in twice)


@pytest.mark.parametrize("of_old", [0, 6])
def test_text_that_is_gone_without_a_line_that_says_so_is_named(of_old: int) -> None:
    chain = lines(6, of_old=of_old)
    assert broken_at([*chain[:2], without_text(chain[2]), *chain[3:]]) == 3
    said = list(erasing(chain, 2, SAID))
    assert broken_at([*said[:3], without_text(said[3]), *said[4:]]) == 4


@pytest.mark.parametrize(("old", "new"), [(b"ann", b"eve"), (b"look_up", b"find"), (b"2025-07-02", b"2025-07-03")])
@pytest.mark.parametrize(("of_old", "named"), [(0, 3), (6, 1)])
def test_what_is_left_of_an_erased_line_cannot_be_changed_unseen(
    old: bytes, new: bytes, of_old: int, named: int
) -> None:
    chain = list(erasing(lines(6, of_old=of_old), 4, SAID))
    chain[1] = chain[1].replace(old, new)
    assert broken_at(chain) == named


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b"visit list", b"other list"),
        lambda line: line.replace(b'"salt": "', b'"salt": "0'),
        lambda line: line.replace(b'"purpose"', b' "purpose"'),
        lambda line: line.replace(b'"ids"', b'"ids": [], "ids"'),
        lambda line: line.replace(b"}", b', "more": 1}'),
        lambda _: b"[]\n",
    ],
)
def test_a_line_that_says_more_less_or_else_than_it_was_written_with_is_named_itself(change: object) -> None:
    chain = lines(3)
    assert callable(change)
    chain[2] = change(chain[2])
    assert broken_at(chain) == 3


def test_a_line_cannot_speak_of_itself_and_those_behind_it() -> None:
    chain = list(erasing(lines(3), 2, SAID))
    forged = chain[-1].replace(b'"through": 2', b'"through": 4')
    assert broken_at([*chain[:-1], forged]) == 4


def test_equal_texts_do_not_look_equal_and_cannot_be_tried_when_they_are_erased() -> None:
    one, other = (without_text(written(entry(1), FIRST)) for _ in range(2))
    assert json.loads(one)["said"] != json.loads(other)["said"]
    assert set(json.loads(one)) == {"before", "when", "who", "action", "said"}


@given(st.binary(max_size=60))
def test_whatever_a_line_holds_it_is_taken_apart(line: bytes) -> None:
    assert len(taken_apart(line).link) == 64


@given(
    st.recursive(
        st.none() | st.text(max_size=5) | st.integers(),
        lambda x: st.dictionaries(
            st.sampled_from(["said", "was", "before", "when", "who", "action", "purpose", "ids", "salt", "erased"]), x
        ),
    )
)
def test_keys_with_other_values_are_no_sound_line(found: object) -> None:
    line = json.dumps(found).encode() + b"\n"
    assert taken_apart(line).before is None or isinstance(taken_apart(line).before, str)


def test_a_head_is_a_number_and_a_hash() -> None:
    head = Head(12, "a" * 64)
    assert Head.of(f" {head}\n") == head
    for text in ("", "12", "12:abc", f"x:{'a' * 64}", f"-1:{'a' * 64}"):
        with pytest.raises(UsageError, match="audit head"):
            Head.of(text)
    assert examined([]).head == Head(0, FIRST)
    assert examined([], Head(0, FIRST)).noted
