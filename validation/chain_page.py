"""Write docs/validation/chain.md: published figures beside what the example run gives, misses shown as misses."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import leao
from leao.chain import patients
from leao.core import files, ledger
from leao.receptor import model as receptor

HERE = Path(__file__).resolve().parents[1] / "docs" / "validation"
SLACK = 5e-3  # relative; a printed figure is rounded


class Model:
    """The chain's side of each row."""

    def __init__(self, run: leao.Run) -> None:
        """Take a finished run of the example."""
        self.run = run

    def baseline_attacks(self) -> float:
        """Return the placebo arm's mean at baseline."""
        return self.run.summary["trial"]["baseline_attacks_per_28d"]["placebo"]

    def change_sd(self) -> float:
        """Return the spread of the change on placebo, from the calibration."""
        scenario = leao.load("noruzzadeh2016")
        return patients.run_request(scenario).setting.calibration.change_sd

    def value(self, name: str) -> float:
        """Return the model's value of a row."""
        if name.startswith("ic50_"):
            params = ledger.params(ledger.read("receptor"), receptor.Params)
            drug = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)
            return float(receptor.ic50(params, drug, name.removeprefix("ic50_"), drug.ic50_voltage))
        if hasattr(self, name):
            return getattr(self, name)()
        found: Any = self.run.summary
        for step in name.split("."):
            found = found[step]
        return float(found)


def line(row: dict[str, Any], value: float) -> str:
    """Return one row of the page."""
    slack = SLACK * abs(row["low"])
    met = "met" if row["low"] - slack <= value <= row["high"] + slack else "**missed**"
    published = f"{row['low']:g}" if row["low"] == row["high"] else f"{row['low']:g} to {row['high']:g}"
    role = "input" if row["input"] else "predicted"
    cells = (row["room"], row["what"], f"{published} {row['unit']}", f"{value:.3g}", met, role, row["source"])
    return "| " + " | ".join((*cells, row.get("note", ""))) + " |"


def rows() -> list[dict[str, Any]]:
    """Return the published figures."""
    return tomllib.loads((HERE / "chain.toml").read_text(encoding="utf-8"))["row"]


def page(run: leao.Run) -> str:
    """Return the whole page."""
    model = Model(run)
    head = [
        "# Validation of the chain",
        "",
        "Published figures beside what `leao run noruzzadeh2016` gives, written by `validation/chain_page.py`.",
        "`input`: the model was given the figure or fitted to it, so that meeting it proves nothing.",
        "A missed figure is a finding, not a call for tuning. The levels are scored as predictions in `pharmacology.md`.",
        "",
        "| room | figure | published | model | | role | source | note |",
        "|---|---|---|---|---|---|---|---|",
    ]
    body = [line(row, model.value(row["model"])) for row in rows()]
    return "\n".join([*head, *body, "", *controls(run)]) + "\n"


def controls(run: leao.Run) -> list[str]:
    """Return the positive controls of each cortex preset."""
    out = ["## Positive controls of the cortex", "", "| preset | control | wanted | found | |", "|---|---|---|---|---|"]
    for name, preset in run.summary["cortex"].items():
        for control in preset["controls"]:
            status = control["status"] if control["status"] == "passed" else f"**{control['status']}**"
            out.append(f"| {name} | {control['name']} | {control['wanted']} | {control['found']} | {status} |")
    return out


if __name__ == "__main__":
    print(files.write_text(HERE / "chain.md", page(leao.run(leao.load("noruzzadeh2016")))))
