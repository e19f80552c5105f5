"""Every declared dependency stands on the page of licences, and the GPL data travel with their licence."""

import re
import tomllib

import pytest
from validation import licences

pytestmark = pytest.mark.published

PAGE = (licences.ROOT / "docs" / "licences.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", licences.declared())
def test_a_direct_dependency_stands_on_the_page(name):
    plain = re.sub(r"[-_.]+", "-", name).lower()
    assert re.search(rf"^\| {re.escape(plain)} \| [^|]+ \| directly \|$", PAGE, re.MULTILINE)


def test_the_data_under_the_gpl_travel_with_its_text():
    folder = licences.ROOT / "data" / "kosteckidillon"
    assert "GNU GENERAL PUBLIC LICENSE" in (folder / "COPYING").read_text(encoding="utf-8")
    assert "COPYING" in (folder / "NOTICE.md").read_text(encoding="utf-8")


def test_no_extra_that_users_install_is_forgotten():
    project = tomllib.loads((licences.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(licences.EXTRAS) == set(project["optional-dependencies"]) - {"docs", "study", "dev"}


def test_the_page_is_what_the_script_writes_of_what_is_declared():
    """Names, not licences: what is needed through others differs from Python to Python."""
    direct = re.findall(r"^\| (\S+) \| [^|]+ \| directly \|$", PAGE, re.MULTILINE)
    assert direct == re.findall(r"^\| (\S+) \| [^|]+ \| directly \|$", licences.page(), re.MULTILINE)
