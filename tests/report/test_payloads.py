"""Every string that a user gives, as a payload, on every page that shows it: it stays text, mouse-over or not.

Names of files, columns, IDs, arms, scenarios and studies; notes, medicines, side effects and history.
"""

from datetime import date, timedelta
from importlib.resources import files

import pytest
from tests import browser
from tests.trial.trial_tables import csv, months

pytestmark = pytest.mark.command

PAYLOAD = "<img src=x onerror=alert(1)><script>alert(2)</script>\" onmouseover=alert(3) x='"
NAME = "<img src=x onerror=alert(1)>\" onmouseover=alert(3) x='"  # of a file: without a slash
ARM = "<img src=x onerror=alert(1)>' onmouseover=alert(3)"  # of an arm: at most 60 characters
HOVER = "document.querySelectorAll('*').forEach(each => ['mouseover', 'mouseenter', 'focus', 'click'].forEach("
HOVER += "kind => each.tagName === 'A' || each.dispatchEvent(new MouseEvent(kind, {bubbles: true}))))"
HANDLERS = (
    "[...document.querySelectorAll('*')].filter(each => each.getAttributeNames().some(name => name.startsWith('on')))"
)
HANDLERS += ".length"


def quoted(text):
    return '"' + text.replace('"', '""') + '"'


def diary(folder):
    """Write a diary whose every free word is a payload."""
    lines = [f"date,headache,severity,acute_medication,side_effects,note,id,{quoted(PAYLOAD)}"]
    for k in range(70):
        ache = k % 4 == 1
        medicine = quoted(f"sumatriptan; {PAYLOAD}") if ache else ""
        cells = [date(2026, 1, 5) + timedelta(k), "yes" if ache else "no", 2 if ache else 0, medicine,
                 quoted(f"dizzy {PAYLOAD}") if k == 50 else "", quoted(PAYLOAD) if k % 30 == 1 else "", quoted(PAYLOAD),
                 quoted(f"wind {PAYLOAD}")]  # fmt: skip
        lines.append(",".join(map(str, cells)))
    path = folder / f"{NAME}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def table(folder):
    """Write a trial's table under a name, with columns, arms and IDs, that are payloads."""
    rows = [{f"{PAYLOAD}{key}": f"{PAYLOAD}{cell}" if key in ("arm", "subject") else cell for key, cell in row.items()}
            | {f"more {PAYLOAD}": PAYLOAD} for row in months()]  # fmt: skip
    path = folder / f"{NAME} table.csv"
    path.write_text(csv(rows), encoding="utf-8")
    return path, sorted({row[f"{PAYLOAD}arm"] for row in rows})


def study(folder):
    """Write a study whose words are payloads."""
    shown = (files("leao") / "evidence" / "template.toml").read_text(encoding="utf-8")
    words = PAYLOAD.replace("\\", "\\\\").replace('"', '\\"')
    for old, new in (
        ("Somebody 2027", words),
        ("table 2", words),
        ("episodic migraine, 3 to 12 attacks per month", words),
    ):
        shown = shown.replace(f'"{old}"', f'"{new}"')
    path = folder / f"{NAME} study.toml"
    path.write_text(shown, encoding="utf-8")
    return path


def scenario(folder):
    """Write a scenario whose names are payloads."""
    arm, words = (text.replace('"', '\\"') for text in (ARM, PAYLOAD))
    text = f'name = "mine"\nwhat = "{words}"\nsource = "assumed"\n[arms."{arm}"]\ndose = "10 mg daily"\nrole = "drug"\n'
    text += f'[arms."{arm[:-1]}2"]\nrole = "control"\n[trial]\nn_per_arm = 6\n'
    path = folder / f"{NAME} scenario.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def chromium():
    with browser.started() as program:
        yield program


def commands(folder):
    trial, arms = table(folder)
    columns = [f"--{option}={PAYLOAD}{key}" for option, key in
               (("arm", "arm"), ("visit", "visit"), ("subject", "subject"), ("value", "attacks"))]  # fmt: skip
    return {
        "review": ["review", str(diary(folder)), "--start", "2026-02-16", "--dose", "10 mg daily", "--ignore", PAYLOAD],
        "plan": ["plan", "--dose", "10 mg daily", "--taking", f"other: {PAYLOAD}", "--history", PAYLOAD],
        "analysis": ["trial", "analyse", str(trial), *columns, "--control", arms[0], "--ignore", f"more {PAYLOAD}"],
        "synthesis": ["evidence", "synthesis", "--add", str(study(folder))],
        "history": ["evidence", "history", "--add", str(study(folder))],
    }


@pytest.mark.parametrize("name", ["review", "plan", "analysis", "synthesis", "history"])
def test_a_payload_stays_text(chromium, tmp_path, capsys, name):
    from leao.cli import call

    page = tmp_path / f"{NAME}.html"
    assert call([*commands(tmp_path)[name], "--out", str(page), "--json"]) in (0, 1), capsys.readouterr().err
    stays_text(chromium, page, shown=name != "history")  # which names a study, and shows none of its words


def test_the_page_of_a_run_keeps_names_as_text(chromium, runs_folder, capsys):
    from leao.cli import call

    small = ["--set", "trials=20", "--set", 'cortex.presets=["leao"]', "--set", 'cortex.carry=["leao"]']
    words = ["run", str(scenario(runs_folder.parent)), *small, "--out", str(runs_folder / NAME), "--json"]
    assert call(words) == 0, capsys.readouterr().err
    pages = list((runs_folder / NAME).rglob("*.html"))
    assert pages
    for page in pages:
        stays_text(chromium, page)


def stays_text(chromium, page, *, shown=True):
    with browser.opened(chromium, page, 390) as seen:
        assert not shown or "onmouseover=alert(3)" in seen.page.inner_text("body")
        seen.page.evaluate(HOVER)
        for place in ((200, 60), (200, 300), (200, 600)):
            seen.page.mouse.move(*place)
        assert seen.page.evaluate(HANDLERS) == 0
        assert seen.page.locator("body script, body img[src=x]").count() == 0
        assert seen.complaints == []
        assert seen.outside == []
        assert seen.sideways <= 0
