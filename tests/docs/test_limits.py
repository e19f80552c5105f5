"""The page of limits says what the code holds."""

import re
from pathlib import Path

import pytest

from leao.core import limits

pytestmark = pytest.mark.published

PAGE = (Path(__file__).parents[2] / "docs" / "limits.md").read_text(encoding="utf-8")
ROWS = {name: figure for figure, name in re.findall(r"\| ([\d,.e+-]+) \| `(\w+)` \|", PAGE)}
NAMES = [name for name in dir(limits) if name.isupper()]


def test_every_limit_stands_on_the_page():
    assert sorted(ROWS) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_the_figure_of_the_code(name):
    assert float(ROWS[name].replace(",", "")) == float(getattr(limits, name))
