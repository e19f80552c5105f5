"""What the fuzzer may type: words that break things, and each command with its options, good values and files."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

NASTY = [
    "", " ", "0", "-1", "-0", "1e308", "1e-308", "inf", "-inf", "nan", "NaN", "9**9**9", "10**12", "1000000000000",
    "１０", "１０ mg", "½", "٣", "1_000", "1,5", "1.5.2", "0x10", "+", "-", "--", ".", "..", "/", "/dev/null", "\x00", "\n",
    "\t", "[bold]x[/bold]", "[/]", "[red", "<script>alert(1)</script>", "' OR 1=1", "{{7*7}}", "%s%n", "\u202e", "\ufeff",
    "\ud800", "🙂", "x" * 5000, "[" * 300, "a." * 80, "mg", "10 mgg", "10 mg percent", "10", "-10 mg", "1e308 mg", "inf mg",
    "1 us", "0 s", "1 km", "9**9 mM", "10 mg/0", "2026-02-30", "26-01-05", "1889-01-01", "2999-01-01", "99999-01-01",
    "01/02/03", "2026-W05", "true", "None", "null", "[]", "{}", "=", "==", "a=b=c", ";", "|", "memantine", "placebo",
]  # fmt: skip
DIARY = "date,headache,severity,acute_medication,note\n" + "".join(
    f"2026-{m:02d}-{d:02d},{'yes' if d % 4 == 0 else 'no'},{'moderate' if d % 4 == 0 else ''},"
    f"{'ibuprofen 400 mg' if d % 8 == 0 else ''},\n"
    for m in (1, 2)
    for d in range(11, 20)
)
LEVELS = (
    "ID,TIME,EVID,AMT,DV,AGE,SEX,WT\n1,0,1,10,,40,F,70\n1,24,1,10,,40,F,70\n1,30,0,,8.1,40,F,70\n1,48,0,,6.5,40,F,70\n"
)
TRIAL = "id,arm,visit,attacks\n" + "".join(
    f"{k},{'placebo' if k % 2 else 'memantine'},{v},{7 - (3 * k + v) % 5}\n" for k in range(1, 17) for v in range(3)
)
DOSES = "id,dose,change,base\n" + "".join(
    f"{k},{(0, 5, 10, 20)[k % 4]},{-(k % 5) - (k % 4)},{6 + k % 3}\n" for k in range(1, 25)
)
ONE_VISIT = "id,visit,attacks\n" + "".join(f"{k},28,{7 - 5 * k % 11}\n" for k in range(1, 25))  # a row per patient
BEGUN = ["--dose", "10 mg daily", "--begin", "2026-01-05"]
FIELD = "x_mm,y_mm,radius_mm,excitability\n1,1,0.5,0.4\n"
DRUG = '[CL]\nvalue = 6\nunit = "L/h"\n\n[V]\nvalue = 550\nunit = "L"\n'
SCENARIO = """name = "mine"
what = "a trial"
source = "assumed"
[arms.treated]
dose = "10 mg daily"
[arms.untreated]
role = "control"
[trial]
n_per_arm = 10
"""


class Command(NamedTuple):
    """A command: its words (``@a.csv`` is a file), its options with a good value (None: a flag), and its files."""

    words: list[str]
    options: Mapping[str, str | None] = {}
    files: dict[str, str] = {}
    made: Callable[[], dict[str, str]] | None = None  # files that leao itself writes first


@functools.cache
def n_of_1() -> dict[str, str]:
    """Return the files of an N-of-1 trial that was started, its diary filled in."""
    from leao.chain.n_of_1 import api

    patient = {"age": "40", "sex": "female", "weight": "70 kg", "creatinine_clearance": "90", "pregnant": "no",
               "breast_feeding": "no", "hepatic": "none", "history": "none", "taking": "none",
               "tolerated_10mg": "yes"}  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "t"
        api.n_of_1_start(folder, "10 mg daily", "2026-01-05", cycles=2, patient=patient, seed=1)  # pyright: ignore[reportArgumentType]
        files = {f"t/{path.name}": path.read_text(encoding="utf-8") for path in folder.iterdir()}
    head, *rows = files["t/diary.csv"].splitlines()
    days = [f"{row[:10]},{'yes' if k % 4 == 0 else 'no'}{row[11:]}" for k, row in enumerate(rows)]
    return files | {"t/diary.csv": "\n".join([head, *days]) + "\n"}


REVIEW = {
    "--start": "2026-02-01", "--dose": "10 mg daily", "--change": "2026-02-10: 20 mg daily", "--stop": "2026-02-19",
    "--creatinine-clearance": "80", "--say": "yes=headache", "--column": "severity=severity", "--ignore": "note",
    "--dates": "year-first", "--unlisted": "free", "--severity": "0-10", "--length": "hours", "--utc": "local",
    "--sheet": "1", "--only": "id=1", "--map": "@map.toml", "--save-map": "@saved.toml", "--template": None,
    "--out": "@page.html",
}  # fmt: skip
TRIAL_DIARY = {
    name: value for name, value in REVIEW.items()
    if name not in ("--start", "--dose", "--change", "--stop", "--creatinine-clearance", "--save-map", "--template", "--out")
} | {"--allocation": "@t/for-the-pharmacist.sealed.txt"}  # fmt: skip
CORTEX = {
    "--preset": "leao",
    "--compound": "memantine",
    "--concentration": "1 uM",
    "--magnesium": "1 mM",
    "--antagonist": "APV",
    "--block": "50%",
    "--set": "nmda=1e-4 cm/s",
    "--tissue": "human",
    "--oxygen": "0.5",
    "--pump-neurone": "0.8",
    "--pump-glia": "0.9",
    "--out": "@wave",
}
SHEET = CORTEX | {
    "--stimulus": "kcl", "--strength": "30 mM", "--at": "1,1 mm", "--radius": "0.5 mm", "--size": "2 mm",
    "--node": "100 um", "--dt": "40 ms", "--minutes": "0.1", "--every": "1 s", "--return-path": "csf", "--threads": "1",
    "--field": "@field.csv",
}  # fmt: skip
SALT = ["--basis", "salt"]
PK = {"--basis": "salt", "--ignore": "AGE", "--dvid": "1", "--model": "@drug.toml"}
ANALYSE = {
    "--arm": "arm", "--visit": "visit", "--subject": "id", "--value": "attacks", "--control": "placebo",
    "--where": "visit=1", "--ignore": "id", "--visits": "1,2", "--move-visit": "2=1", "--visit-days": "28",
    "--baseline-days": "28", "--pool": "2", "--kind": "count", "--better": "lower", "--missing": "-99",
    "--covariates": "visit", "--strata": "arm", "--estimator": "ancova", "--sheet": "1", "--param": "x", "--day": "visit",
    "--imputation": "all", "--imputations": "20", "--delta": "-2,8", "--seed": "1", "--baseline": "attacks",
    "--keep-imputed": None, "--stopped": "visit", "--subgroup": "id", "--out": "@page.html",
}  # fmt: skip
PLAN = {
    "--dose": "10 mg daily", "--preset": "eu_label", "--weight": "70 kg", "--age": "40", "--sex": "female",
    "--creatinine-clearance": "80", "--serum-creatinine": "0.9 mg/dL", "--urine-ph": "6", "--taking": "aspirin",
    "--pregnant": "no", "--breast-feeding": "no", "--hepatic": "none", "--history": "epilepsy", "--tolerated-10mg": "yes",
    "--adherence": "0.8", "--out": "@plan.html", "--text": None,
}  # fmt: skip
SETS = ("seed", "trials", "arms.treated.dose", "arms.untreated.role", "arms.treated.policy", "trial.n_per_arm",
        "trial.weeks", "trial.design", "trial.dropout", "exposure.model", "receptor.hypotheses", "cortex.presets",
        "diary.attack_rule", "setting", "name", "x.y.z")  # fmt: skip
WORK = {"--workers": "2", "--shard": "1/2", "--scheduler": "tcp://127.0.0.1:1"}
RUN = WORK | {"--seed": "1", "--subjects": "10", "--set": "trial.weeks=12"}
POWER = WORK | {
    "--repeats": "5", "--n": "20,60", "--effect": "0.7", "--estimator": "ancova", "--endpoint": "attacks",
    "--seed": "1", "--set": "trial.weeks=12",
}  # fmt: skip
LOOKS = {"--looks": "0.5,1", "--spending": "pocock", "--spending-gamma": "-2", "--futility": "0,0"}
RECEPTOR = {
    "--compound": "memantine", "--subtype": "2A", "--magnesium": "1 mM", "--voltage": "-66 mV", "--preset": "P0",
    "--scheme": "lester1992", "--seed": "1", "--out": "@block",
}  # fmt: skip
PROVOKE = {
    "--gtn": "0.5 ug/kg/min", "--minutes": "20", "--population": "patients", "--compound": "memantine",
    "--concentration": "0.1 uM", "--dose": "10 mg daily", "--route": "csd", "--seed": "1", "--n": "10",
    "--out": "@page.html",
}  # fmt: skip

COMMANDS: dict[str, Command] = {
    "review": Command(["review", "@d.csv"], REVIEW, {"d.csv": DIARY, "map.toml": "[read]\n"}),
    "review check": Command(["review", "@d.csv", "--check"], REVIEW, {"d.csv": DIARY, "map.toml": "[read]\n"}),
    "plan": Command(["plan"], PLAN),
    "pk simulate": Command(
        ["pk", "simulate", "@l.csv", *SALT, "--out", "@out.csv"],
        PK | {"--vary": "1", "--carry": "forward", "--replicates": "2"},
        {"l.csv": LEVELS, "drug.toml": DRUG},
    ),
    "pk forecast": Command(
        ["pk", "forecast", "@l.csv", *SALT],
        PK | {"--dose": "10 mg", "--every": "24 h", "--days": "7", "--step": "12 h", "--seed": "1"},
        {"l.csv": LEVELS, "drug.toml": DRUG},
    ),
    "pk vpc": Command(
        ["pk", "vpc", "@l.csv", *SALT], PK | {"--seed": "1", "--out": "@v.html", "--corrected": None}, {"l.csv": LEVELS, "drug.toml": DRUG}
    ),
    "pk npde": Command(["pk", "npde", "@l.csv", *SALT], PK | {"--seed": "1"}, {"l.csv": LEVELS, "drug.toml": DRUG}),
    "pk nca": Command(["pk", "nca", "@l.csv", *SALT], PK, {"l.csv": LEVELS, "drug.toml": DRUG}),
    "pk export": Command(
        ["pk", "export", "--out", "@out.xml"],
        {"--to": "sbml", "--weight": "70", "--creatinine-clearance": "80", "--urine-ph": "6", "--basis": "salt",
         "--model": "@drug.toml"},
        {"drug.toml": DRUG},
    ),
    "trial analyse": Command(["trial", "analyse", "@t.csv"], ANALYSE, {"t.csv": TRIAL}),
    "run": Command(["run", "@s.toml", "--out", "@runs"], RUN, {"s.toml": SCENARIO}),
    "trial": Command(
        ["trial", "@s.toml", "--out", "@runs"], POWER | LOOKS, {"s.toml": SCENARIO}
    ),
    "trial protocol": Command(["trial", "protocol", "@s.toml", "--out", "@runs"], POWER | LOOKS, {"s.toml": SCENARIO}),
    "trial grid": Command(
        ["trial", "grid", "@s.toml", "--out", "@runs"],
        POWER | {"--design": "parallel,crossover", "--dropout": "0.1,0.3"},
        {"s.toml": SCENARIO},
    ),
    "trial adjust": Command(
        ["trial", "adjust", "high=0.012,low=0.03"],
        {"--procedure": "graph", "--alpha": "0.05", "--weights": "0.5,0.5", "--transfer": "high>low:1"},
    ),
    "trial boundaries": Command(
        ["trial", "boundaries"],
        LOOKS
        | {"--boundary": "pocock", "--delta": "0.2", "--futility-gamma": "-2", "--alpha": "0.025", "--power": "0.8",
           "--sides": "1", "--by": "events", "--fixed-n": "100", "--rate": "5", "--ratio": "0.7", "--dispersion": "0.4",
           "--months": "3", "--difference": "1", "--sd": "3", "--binding": None, "--out": "@bounds.html"},
    ),
    "trial mcp-mod": Command(
        ["trial", "mcp-mod", "@t.csv", "--dose", "dose", "--value", "change"],
        {"--covariates": "base", "--models": "linear,emax:5", "--better": "lower", "--alpha": "0.025", "--delta": "1",
         "--out": "@page.html"},
        {"t.csv": DOSES},
    ),
    "trial reestimate": Command(
        ["trial", "reestimate", "@t.csv", "--change", "attacks", "--difference", "1", "--planned-n", "60"],
        {"--events": "attacks", "--days": "visit", "--change": "attacks", "--ratio": "0.7", "--months": "3",
         "--difference": "1", "--planned-n": "60", "--most-n": "200", "--inflation": "1.02", "--alpha": "0.025",
         "--power": "0.8"},
        {"t.csv": ONE_VISIT},
    ),
    "cortex wave": Command(
        ["cortex", "wave"],
        CORTEX | {"--stimulus": "kcl", "--strength": "30 mM", "--zone": "1 mm", "--second": "60 s", "--length": "10 mm",
                  "--nodes": "250", "--dt": "25 ms", "--duration": "120 s", "--every": "1 s", "--refractory": None, "--converged": None},
    ),
    "cortex threshold": Command(["cortex", "threshold"], CORTEX | WORK | {"--stimulus": "kcl"}),
    "cortex kcl": Command(["cortex", "kcl"], CORTEX | WORK | {"--minutes": "30", "--lines": "30"}),
    "cortex sheet": Command(["cortex", "sheet"], SHEET, {"field.csv": FIELD}),
    "cortex aura": Command(
        ["cortex", "aura"], SHEET | {"--hemifield": "left", "--eccentricity": "0.5-40"}, {"field.csv": FIELD}
    ),
    "cortex phase": Command(["cortex", "phase"], CORTEX),
    "cortex export": Command(
        ["cortex", "export", "--out", "@node.xml"],
        {"--preset": "leao", "--concentration": "1 uM", "--tissue": "human", "--add-kcl": "5 mM",
         "--add-glutamate": "5 uM", "--duration": "10 s",
         "--compound": "memantine", "--set": "nmda=1e-4 cm/s", "--oxygen": "0.5", "--pump-neurone": "0.8",
         "--pump-glia": "0.9"},
    ),
    "cortex qualify": Command(["cortex", "qualify"], WORK | {"--preset": "leao", "--out": "@runs"}),
    "cortex presets": Command(["cortex", "presets"]),
    "sweep": Command(
        ["sweep", "@s.toml", "--over", "arms.treated.dose=10 mg daily,20 mg daily", "--out", "@runs"],
        RUN | {"--over": "trial.weeks=8,12"},
        {"s.toml": SCENARIO},
    ),
    "trial export": Command(
        ["trial", "export", "@s.toml", "--out", "@adam"],
        {"--trial": "0", "--n": "20", "--effect": "0.7", "--endpoint": "attacks", "--seed": "1",
         "--set": "trial.weeks=12"},
        {"s.toml": SCENARIO},
    ),
    "n-of-1 start": Command(
        ["trial", "n-of-1", "start", "@t", *BEGUN],
        {name: value for name, value in PLAN.items() if name not in ("--preset", "--adherence", "--out", "--text")}
        | {"--begin": "2026-01-05", "--outcome": "migraine_days", "--cycles": "2", "--weeks": "7", "--seed": "1"},
    ),
    "n-of-1 look": Command(["trial", "n-of-1", "look", "@t", "@t/diary.csv"], TRIAL_DIARY, made=n_of_1),
    "n-of-1 close": Command(["trial", "n-of-1", "close", "@t", "@t/diary.csv"], TRIAL_DIARY, made=n_of_1),
    "scenarios": Command(["scenarios"]),
    "receptor curve": Command(["receptor", "curve"], RECEPTOR, {}),
    "receptor pulse": Command(
        ["receptor", "pulse", "--concentration", "1 uM"],
        RECEPTOR | {"--trace": None, "--protocol": "tonic", "--hypothesis": "calcium"}, {},
    ),
    "provoke": Command(["provoke"], PROVOKE),
    "evidence": Command(["evidence", "trials"], {"--add": "@s.toml", "--template": None}, {"s.toml": SCENARIO}),
    "synthesis": Command(
        ["evidence", "synthesis"], {"--add": "@s.toml", "--out": "@page.html"}, {"s.toml": SCENARIO}
    ),
    "history": Command(["evidence", "history"], {"--add": "@s.toml", "--out": "@page.html"}, {"s.toml": SCENARIO}),
    "pathways": Command(
        ["pathways"], {"--scenario": "@s.toml", "--set": "headache.severity=trigeminocervical"}, {"s.toml": SCENARIO}
    ),
    "preventives": Command(["preventives"], {"--out": "@page.html"}),
    "app": Command(["app"], {"--port": "8123", "--browser": None}),
    "number": Command(["number", "clearance"]),
    "show": Command(["show", "@runs"]),
    "cite": Command(["cite", "@s.toml"], {}, {"s.toml": SCENARIO}),
    "claims": Command(["evidence", "claims", "dizziness"]),
}  # fmt: skip
