"""A figure is a picture in a notebook, without pyplot."""

import pytest

import leao

pytestmark = pytest.mark.command


def test_a_figure_brings_its_own_picture():
    figure = leao.evidence.synthesis().plot()
    assert figure._repr_png_().startswith(b"\x89PNG")
