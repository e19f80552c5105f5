"""Pages in a real browser: nothing asked of the network, nothing complained of, no sideways scroll on a phone, and a
user's words never become script."""

import pytest
from tests import browser
from tests.report.fields import diary_rows, tree
from tests.report.fixture import MANIFEST, summary
from tests.trial.trial_tables import ARMS, csv, months

pytestmark = pytest.mark.command

LATE = {"subject": "X001", "arm": ARMS[1], "visit": 99, "attacks": 30}
PAYLOAD = "<img src=x onerror=alert(1)><script>alert(2)</script>\" onmouseover=alert(3) x='"


@pytest.fixture(scope="module")
def chromium():
    with browser.started() as program:
        yield program


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every kind of page that needs no long computation, by name."""
    from leao.cli import call
    from leao.report.run import render

    folder = tmp_path_factory.mktemp("pages")
    (folder / "run.html").write_text(render(summary(), tree(), diary_rows(), MANIFEST), encoding="utf-8")
    asked = {
        "plan": [
            "plan",
            "--dose",
            "10 mg daily",
            "--age",
            "40",
            "--sex",
            "female",
            "--weight",
            "70",
            "--taking",
            "topiramate, Zoloft, an ointment with a long name",
            "--history",
            f"epilepsy, {PAYLOAD}",
        ],
        "evidence": ["evidence", "synthesis"],
        "boundaries": ["trial", "boundaries"],
    }
    (folder / "t.csv").write_text(csv([*months(), LATE]), encoding="utf-8")
    asked["analysis"] = ["trial", "analyse", str(folder / "t.csv")]
    for name, words in asked.items():
        call([*words, "--out", str(folder / f"{name}.html"), "--json"])
    return folder


@pytest.mark.parametrize("width", browser.WIDTHS)
@pytest.mark.parametrize("name", ["run", "plan", "evidence", "analysis"])
def test_pages_are_quiet_and_fit(chromium, pages, capsys, name, width):
    with browser.opened(chromium, pages / f"{name}.html", width) as seen:
        assert seen.outside == []
        assert seen.complaints == []
        assert seen.sideways <= 0


SCROLLS = """() => [...document.querySelectorAll("body *")].filter((each) =>
  ["auto", "scroll"].includes(getComputedStyle(each).overflowX) && each.scrollWidth > each.clientWidth + 1)
  .map((each) => [each.outerHTML.slice(0, 120), each.tabIndex, each.getAttribute("aria-label") ?? ""])"""


@pytest.mark.parametrize("name", ["run", "plan", "evidence", "analysis", "boundaries"])
def test_what_scrolls_sideways_on_a_phone_takes_the_focus_and_has_a_name(chromium, pages, name):
    with browser.opened(chromium, pages / f"{name}.html", 390) as seen:
        seen.page.evaluate("() => document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        scrolls = seen.page.evaluate(SCROLLS)
        assert scrolls or name != "run"
        tables = [html for html, *_ in scrolls if html.startswith('<div class="wide')]
        assert tables == [] or name in ("run", "analysis")  # the rows of the others stand as cards
        assert [html for html, tab, label in scrolls if tab != 0 or not label.strip(", ")] == []
        assert seen.sideways <= 0


def test_a_users_words_are_never_script(chromium, tmp_path):
    from leao.report.run import render

    page = tmp_path / "run.html"
    page.write_text(
        render(summary() | {"scenario": PAYLOAD, "what": PAYLOAD}, tree(), diary_rows(), MANIFEST), encoding="utf-8"
    )
    with browser.opened(chromium, page, 1200) as seen:
        seen.page.mouse.move(200, 60)
        assert seen.page.locator("script").count() == 0
        assert seen.complaints == []


def test_a_tables_words_are_never_script(chromium, tmp_path):
    from leao.report.trial_analysis import render
    from leao.trial.analysis import analyse
    from leao.trial.reading.request import TableRequest

    called = {ARMS[0]: f"{PAYLOAD}c", ARMS[1]: f"{PAYLOAD}d"}
    rows = [
        {PAYLOAD + key: called.get(cell, f"{PAYLOAD}{cell}" if key == "subject" else cell) for key, cell in row.items()}
        | {f"note {PAYLOAD}": PAYLOAD}
        for row in months()
    ]
    (tmp_path / "t.csv").write_text(csv(rows), encoding="utf-8")
    columns = [PAYLOAD + key for key in ("arm", "visit", "subject", "attacks")]
    request = TableRequest(arm=columns[0], visit=columns[1], control=called[ARMS[0]])
    request = request._replace(subject=columns[2], value=columns[3])
    page = tmp_path / "page.html"
    page.write_text(render(analyse(tmp_path / "t.csv", columns=request)), encoding="utf-8")
    with browser.opened(chromium, page, 390) as seen:
        seen.page.mouse.move(200, 60)
        assert seen.page.locator("script, img").count() == 0
        assert seen.complaints == []
        assert seen.sideways <= 0


SMALL = (
    "() => [...document.querySelectorAll('figure svg text')].map((t) => [t.getBoundingClientRect(), t.textContent])"
    ".filter(([box]) => box.width && box.height < 9).map(([, words]) => words)"
)


@pytest.mark.parametrize("width", (720, 860, 1064, 1080))
def test_letters_of_a_wide_picture_can_be_read_on_a_phone(chromium, tmp_path, width):
    from leao.report import page as pages

    css = pages._environment().get_template("style.css.j2").render()
    drawn = f'<svg viewBox="0 0 {width} 200"><text class="tick" x="20" y="40">12.5 mM</text></svg>'
    (tmp_path / "page.html").write_text(
        f'<meta name="viewport" content="width=device-width"><style>{css}</style><figure>{drawn}</figure>', "utf-8"
    )
    with browser.opened(chromium, tmp_path / "page.html", 390) as seen:
        assert seen.page.evaluate(SMALL) == []
        assert seen.sideways <= 0
