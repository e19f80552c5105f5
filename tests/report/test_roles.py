"""A role is data: whatever the arms are called and however they are ordered, each number stands with its own arm."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from tests.report.fixture import summary

from leao.cli.table import print_summary
from leao.report import headline, sections
from leao.report.arms import arms, control_arm, drug_arm
from leao.report.attack import attack
from leao.report.figures import diary as diary_figure
from leao.report.figures import svg

pytestmark = pytest.mark.property
PAIRS = [
    ("drug", "control"), ("control", "drug"), ("placebo", "memantine"), ("zz", "aa"), ("arm 1", "arm 2"), ("B", "A"),
    ("memantine 10 mg", "vehicle"), ("placebo", "active"),
]  # fmt: skip


NAMES = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=20)
TWO_NAMES = st.tuples(NAMES, NAMES).filter(lambda pair: pair[0] != pair[1] and not {*pair} & {"drug", "control"})


def renamed(value, names, *, turn):
    """Return the summary with arms called otherwise, the order of every table of arms turned round if asked."""
    if isinstance(value, dict):
        items = [(names.get(key, key), renamed(part, names, turn=turn)) for key, part in value.items()]
        if set(value) == set(names) and turn:
            items.reverse()
        return dict(items)
    if isinstance(value, list):
        return [renamed(part, names, turn=turn) for part in value]
    if isinstance(value, str) and value.startswith("dropout."):
        return f"dropout.{names[value.removeprefix('dropout.')]}"
    return value


def other(drug, control, *, turn):
    plain = summary()
    names = {"memantine": drug, "placebo": control}
    exchanged = {
        key: renamed(part, names, turn=turn) for key, part in plain.items() if key not in ("pathways", "numbers")
    }
    roles = {drug: "drug", control: "control"}
    exchanged["roles"] = dict(reversed(roles.items())) if turn else roles
    return plain | exchanged


@settings(max_examples=30, deadline=None)
@given(pair=TWO_NAMES, turn=st.booleans())
def test_sections_and_headline_follow_any_names(pair, turn):
    follow_the_roles(*pair, turn=turn)


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize(("drug", "control"), PAIRS)
def test_sections_and_headline_follow_the_roles(drug, control, turn):
    follow_the_roles(drug, control, turn=turn)


def follow_the_roles(drug, control, *, turn):
    plain, exchanged = summary(), other(drug, control, turn=turn)
    assert (drug_arm(exchanged), control_arm(exchanged), arms(exchanged)) == (drug, control, [drug, control])
    for wanted, shown in zip(sections.trial(plain), sections.trial(exchanged), strict=True):
        for key in ("simulated", "published", "mark"):
            assert shown[key] == wanted[key]
    assert [row[1:] for row in sections.diary(exchanged).rows] == [row[1:] for row in sections.diary(plain).rows]
    assert headline.chain(exchanged)[-1]["value"] == headline.chain(plain)[-1]["value"]
    assert headline.chain(exchanged)[-1]["note"].endswith(f"{drug} / {control}")
    before, same = attack(exchanged), attack(plain)
    assert (before is None) == (same is None)
    if before is not None:
        assert [row[1:] for row in before.rows] == [row[1:] for row in same.rows]


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize(("drug", "control"), [("drug", "control"), ("placebo", "memantine")])
def test_the_screen_follows_the_roles(drug, control, turn):
    def figures(answer):
        stream = io.StringIO()
        print_summary(answer, Console(file=stream, width=200))
        return re.findall(r"-?\d+(?:\.\d+)?", stream.getvalue().split("verdict", 1)[0].replace("\N{MINUS SIGN}", "-"))

    assert figures(other(drug, control, turn=turn)) == figures(summary())


def test_the_pictures_follow_the_roles():
    with svg.styled():
        plain = diary_figure.draw(summary(), {})
        picture = diary_figure.draw(other("control", "drug", turn=True), {})
    assert "on control" in picture.title
    assert "on drug" in picture.title
    assert re.findall(r"[\d.]+", picture.title) == re.findall(r"[\d.]+", plain.title)
