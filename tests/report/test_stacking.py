"""Tables that are too wide for a phone say in each cell which column it is of; others stay as they are."""

import pytest

from leao.report.stacking import stacked

pytestmark = pytest.mark.property
WORDS = "an explanation with unbreakably-long considerations"


def table(heads, rows, kind="", cell="<td>{}</td>"):
    head = "".join(f'<th scope="col">{each}</th>' for each in heads)
    body = "".join(f"<tr>{''.join(cell.format(each) for each in row)}</tr>" for row in rows)
    inner = f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>"
    return f'<p>x</p><div class="wide {kind}" tabindex="0"><table>{inner}</table></div>'


def test_a_wide_table_has_the_heads_in_its_cells():
    heads = ["study", "a &lt;b&gt; &quot;c&quot;", *(f"considerations{k}" for k in range(4))]
    rows = [[WORDS] * 6, ["<ul><li>one</li></ul>", "", *[WORDS] * 4]]
    page = stacked(table(heads, rows, "full"))
    assert 'class="wide full stacks"' in page
    assert '<td data-head="study"><div><ul><li>one</li></ul></div></td>' in page
    assert '<td data-head="a &lt;b&gt; &quot;c&quot;"></td>' in page
    assert page.count("data-head=") == 12
    assert stacked(page).count("data-head=") == 12


@pytest.mark.parametrize(
    "markup",
    [
        table(["drug", "effect"], [["topiramate", "0.74 (0.66 to 0.83)"]]),
        table(["per 28 days", *"abcdefgh"], [[WORDS] * 9], "counts"),
        table(list("abcdef"), [[WORDS] * 5]),
        table(list("abcdef"), []).replace("<thead>", "").replace("</thead>", ""),
        "<p>no table</p>",
    ],
)
def test_others_stay_as_they_are(markup):
    assert stacked(markup) == markup


def test_what_may_not_break_counts_whole():
    rows = [["2026-01-05 and on to 2026-02-05"] * 2]
    assert "stacks" not in stacked(table(["from", "to"], rows))
    assert "stacks" in stacked(table(["from", "to"], rows, cell='<td class="nowrap">{}</td>'))
    assert "stacks" in stacked(table(["from", "to"], [["a", "b " * 25]], "figures"))
