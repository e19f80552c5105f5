"""The picture of the house is that of today's imports, and the house stays small."""

import pytest
from validation import house

pytestmark = pytest.mark.golden


@pytest.fixture(scope="module")
def today():
    return house.house()


def test_the_picture_is_current(today):
    assert house.PICTURE.read_text(encoding="utf-8") == house.draw(today), "run python -m validation.house"


def test_the_house_stays_small(today):
    assert today.rooms <= 20
    assert len(today.floors) <= 8
    assert len(today.arrows) <= 80


def test_the_architecture_page_names_every_room(today):
    page = house.PICTURE.with_name("architecture.md").read_text(encoding="utf-8")
    for floor in today.floors:
        for room in floor:
            assert f"| `{room}` |" in page
