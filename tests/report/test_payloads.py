"""Every string that a user gives, as a payload, on every page that shows it: it stays text, mouse-over or not.

Names of files, columns, IDs, arms, scenarios and studies; notes, medicines, side effects and history.
"""

from datetime import date, timedelta
from importlib.resources import files

import pytest
from tests import browser
from tests.trial.trial_tables import csv, months
from validation.fuzz_commands import SHEET

from leao.core.result import Result

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


def doses(folder):
    """Write a dose-finding table whose columns and file are named by payloads."""
    rows = [f"{k},{(0, 5, 10, 20)[k % 4]},{-(k % 5) - (k % 4)},{6 + k % 3}" for k in range(1, 41)]
    head = ",".join(quoted(f"{PAYLOAD}{name}") for name in ("id", "dose", "change", "base"))
    path = folder / f"{NAME} doses.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def levels(folder):
    """Write a table of levels whose IDs and file are payloads."""
    rows = [f"{quoted(f'{PAYLOAD}{who}')},{hour},{dose},{level}" for who in range(4)
            for hour, dose, level in ((0, 10, ""), (24, 10, ""), (30, "", 8 + who), (48, "", 6 + who))]  # fmt: skip
    text = "\n".join(["ID,TIME,AMT,DV,EVID", *(f"{row},{int(row.endswith(','))}" for row in rows)])
    path = folder / f"{NAME} levels.csv"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def single_patient(folder):
    """Write the folder of an N-of-1 trial under a name, with notes and medicines, that are payloads."""
    from validation.fuzz_commands import n_of_1

    (where := folder / NAME).mkdir()
    for name, text in n_of_1().items():
        (where / name.removeprefix("t/")).write_text(text, encoding="utf-8")
    head, *rows = (where / "diary.csv").read_text(encoding="utf-8").splitlines()
    free = [k for k, name in enumerate(head.split(",")) if name in ("note", "side_effects")]
    written = []
    for row in rows:
        cells = row.split(",")
        for k in free:
            cells[k] = quoted(f"dizzy {PAYLOAD}")
        written.append(",".join(cells))
    (where / "diary.csv").write_text("\n".join([head, *written]) + "\n", encoding="utf-8")
    return where


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


def test_the_page_of_doses_keeps_names_of_columns_as_text(chromium, tmp_path, capsys):
    from leao.cli import call

    page = tmp_path / f"{NAME}.html"
    columns = [f"--{option}={PAYLOAD}{name}" for option, name in (("dose", "dose"), ("value", "change"))]
    words = ["trial", "mcp-mod", str(doses(tmp_path)), *columns, f"--covariates={PAYLOAD}base", "--out", str(page)]
    assert call([*words, "--json"]) in (0, 1), capsys.readouterr().err
    stays_text(chromium, page)


def test_the_page_of_one_patient_keeps_notes_as_text(chromium, tmp_path, capsys):
    from leao.cli import call

    folder = single_patient(tmp_path)
    assert call(["trial", "n-of-1", "close", str(folder), str(folder / "diary.csv"), "--json"]) in (0, 1)
    assert "onmouseover" in capsys.readouterr().out
    stays_text(chromium, folder / "closing.html", shown=False)  # it counts side effects, and shows no word of them


def test_the_picture_of_levels_keeps_names_as_text(chromium, tmp_path, capsys):
    from leao.cli import call

    picture = tmp_path / f"{NAME}.svg"
    words = ["pk", "vpc", str(levels(tmp_path)), "--basis", "salt", "--out", str(picture), "--json"]
    assert call(words) == 0, capsys.readouterr().err
    with browser.opened(chromium, picture, 390) as seen:
        assert seen.page.evaluate(HANDLERS) == 0
        assert seen.page.locator("script, img").count() == 0
        assert seen.outside == []


def test_the_pages_of_a_sweep_and_a_grid_keep_names_as_text(chromium, tmp_path):
    """Arms stand in a sweep's keys, and everything may stand in its values."""
    band, effect = {"median": 0.9, "p05": 0.7, "p95": 1.1}, {"estimate": 0.9, "low": 0.7, "high": 1.1}
    figures = {
        "plasma_ng_per_mL": band, "free_brain_uM": band, "difference_attacks_per_28d": effect, "rate_ratio": effect,
        "mechanistic_rate_ratio": band, "p_at_least_half": 0.1, "qualified": False, "run": f"runs/{PAYLOAD}",
    }  # fmt: skip
    key = f"arms.{ARM}.dose"
    swept = Result("sweep", [{key: f"{PAYLOAD}{k}"} | figures for k in range(3)], lambda: None, [key])
    stays_text(chromium, swept.report(tmp_path / f"{NAME}.html"))
    errors = {f"{name}{end}": 0.1 for name in ("power", "type_1_error", "coverage", "bias") for end in ("", "_se")}
    grid = [{"design": PAYLOAD, "n_per_arm": n, "effect": 0.7, "dropout": None, "estimator": PAYLOAD, "repeats": 20,
             "failed": 0.0, "run": PAYLOAD} | errors for n in (20, 60)]  # fmt: skip
    stays_text(chromium, Result("grid", grid, lambda: None).report(tmp_path / f"{NAME} grid.html"), shown=False)


@pytest.mark.parametrize(
    "option", [option for option, value in SHEET.items() if value is not None and option != "--out"]
)
def test_a_sheet_takes_no_words_of_a_user(capsys, option):
    """What its page shows are numbers and words of lists: nothing else comes through."""
    from leao.cli import call

    assert call(["cortex", "sheet", option, PAYLOAD]) == 2
    assert capsys.readouterr().out == ""


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
