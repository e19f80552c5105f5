"""The sheet's validation page is what its kept parts give, and what was not run is said."""

import json

import pytest
from validation import sheet_page
from validation.page import FOLDER

pytestmark = pytest.mark.published


def test_the_page_is_written_from_its_parts():
    kept = json.loads(sheet_page.KEPT.read_text(encoding="utf-8"))
    assert (FOLDER / "sheet.md").read_text(encoding="utf-8") == sheet_page.PAGE.text(*sheet_page.sections(kept))
    assert set(kept) <= set(sheet_page.TITLES)
