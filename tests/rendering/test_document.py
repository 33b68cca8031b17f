from __future__ import annotations

import pytest
from markupsafe import Markup, escape

from riskmodel.rendering.document import Bullets, Figure, Measured, Paragraph, Section, Table, Tiles
from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.templates import page

WORDS = {name: same(name) for name in ("confidential", "contents", "data", "footer")}


def shown(*blocks: object) -> str:
    sections = [Section("one", Words("一", "One"), blocks)]  # type: ignore[arg-type]  # any block
    return page("document.html", title=same("title"), meta=same("meta"), words=WORDS, warnings=[], together=(),
                sections=sections)  # fmt: skip


def test_a_table_with_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="needs 2 cells"):
        Table(["a", "b"], [["1"]])


def test_a_measured_number_has_its_limits_below_it() -> None:
    assert escape(Measured("<5", "[1, 2]")) == Markup("&lt;5<small>[1, 2]</small>")
    assert escape(Measured("5", "")) == Markup("5")
    assert str(Measured("5", "[1, 2]")) == "5 [1, 2]"


def test_every_kind_of_block_is_set() -> None:
    made = shown(
        Paragraph(same("plain words")),
        Paragraph(same("a heading"), "heading"),
        Bullets(same("list"), [same("item")], "bad"),
        Tiles([("5%", same("of all"), "[4, 6]")]),
        Table(["head"], [["cell"]], same("caption")),
        Figure(same("figure"), same("about"), Markup("<svg></svg>"), Table(["x"], [["inside"]], folded=True)),
    )
    for piece in ("<p class=\"plain\">plain words</p>", "<h3>a heading</h3>", "<li>item</li>", "<small>[4, 6]</small>",
                  "<caption>caption</caption>", "<svg></svg>", ">inside</th>"):  # fmt: skip
        assert piece in made


def test_a_folded_table_is_opened_by_a_box_and_always_printed() -> None:
    made = shown(Table(["x"], [["inside"]], folded=True))
    assert '<input type="checkbox" class="quiet" id="t1-1"><label class="fold" for="t1-1">' in made
    assert ".folding .folded { display: block; }" in made.partition("@media print {\n  .languages")[2]


def test_the_language_is_switched_without_a_script() -> None:
    made = shown()
    assert '<span lang="zh">一</span><span lang="en">One</span>' in made
    assert '#in-zh:checked ~ .page [lang="en"], #in-en:checked ~ .page [lang="zh"] { display: none; }' in made
    assert made.index('id="in-zh" checked') < made.index('id="in-en"') < made.index('<div class="page">')
    assert "<script" not in made


def test_markup_from_outside_is_text_in_every_block() -> None:
    hostile = same("<script>alert(1)</script>")
    made = shown(Paragraph(hostile), Bullets(hostile, [hostile]), Tiles([(hostile, hostile, "<i>")]),
                 Table([hostile], [[hostile]], hostile), Figure(hostile, hostile, Markup("")))  # fmt: skip
    assert "<script" not in made
    assert "<i>" not in made
    assert made.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 10
