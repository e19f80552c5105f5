"""The picture above the README's first heading: the first screen of the example run's report, as a browser shows it.

    python -m validation.readme_picture [report.html]

Without a page the example is run, or read where it stands in ``runs``. Needs Chromium and the package playwright. To be
drawn anew whenever the headline of ``leao run noruzzadeh2016`` changes.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import leao

OUT = Path(__file__).resolve().parents[1] / "docs" / "report.png"
WIDTH, HEIGHT = 1200, 810
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


def draw(page: Path) -> Path:
    """Write the first screen of a page as the README's picture."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        shown.goto(page.resolve().as_uri())
        shown.screenshot(path=OUT)
        browser.close()
    return OUT


def main() -> None:
    """Draw the page that was named, or the example's."""
    page = Path(sys.argv[1]) if sys.argv[1:] else leao.run("noruzzadeh2016").report("report.html")
    print(draw(page))


if __name__ == "__main__":
    main()
