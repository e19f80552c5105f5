"""A figure is a picture in a notebook, without pyplot."""

from typing import Any

import pytest

import leao

pytestmark = pytest.mark.command


def test_a_figure_brings_its_own_picture():
    figure: Any = leao.evidence.synthesis().plot()
    assert figure._repr_png_().startswith(b"\x89PNG")
