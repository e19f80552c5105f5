"""Write docs/validation/chain.md: published figures beside what the example run gives, misses shown as misses."""

from __future__ import annotations

from typing import Any

import leao
from leao.chain import answer_trial
from leao.core import ledger
from leao.receptor import equilibrium_block as receptor
from validation.page import Page, Row, cells, entries, outcome, table

PAGE = Page(
    "chain",
    "Validation of the chain",
    (
        "Published figures beside what `leao run noruzzadeh2016` gives, written by `validation/chain_page.py`.",
        "`input`: the model was given the figure or fitted to it, so that meeting it proves nothing.",
        "A missed figure is a finding, not a call for tuning. The levels are scored as predictions in `pharmacology.md`.",
    ),
)
HEADER = ("room", "figure", "published", "model", "", "role", "source", "note")
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
        return answer_trial.run_request(scenario).setting.calibration.change_sd

    def value(self, name: str) -> float:
        """Return the model's value of a row."""
        if name.startswith("ic50_"):
            params = ledger.params(ledger.read("receptor"), receptor.ReceptorNumbers)
            drug = ledger.params(ledger.read("compounds/memantine"), receptor.Compound)
            return float(receptor.ic50(params, drug, name.removeprefix("ic50_"), drug.ic50_voltage))
        if hasattr(self, name):
            return getattr(self, name)()
        part: Any = self.run.summary
        for step in name.split("."):
            part = part[step]
        return float(part)


def line(entry: dict[str, Any], value: float) -> str:
    """Return one row of the page."""
    row = Row.of(entry)
    met = row.judged(value, SLACK)
    return cells(
        entry["room"], row.what, f"{row.published} {row.unit}", f"{value:.3g}", met, row.role, row.source, row.note
    )


def rows() -> list[dict[str, Any]]:
    """Return the published figures."""
    return entries("chain")


def page(run: leao.Run) -> str:
    """Return the whole page."""
    model = Model(run)
    body = [line(row, model.value(row["model"])) for row in rows()]
    return PAGE.text(*table(HEADER), *body, "", "## Positive controls of the cortex", "", *controls(run))


def controls(run: leao.Run) -> list[str]:
    """Return the table of the positive controls of each cortex preset."""
    rows = [
        (name, control["name"], control["wanted"], control["found"], outcome(control["status"]))
        for name, preset in run.summary["cortex"].items()
        for control in preset["controls"]
    ]
    return table(("preset", "control", "wanted", "found", ""), rows)


if __name__ == "__main__":
    print(PAGE.write(page(leao.run(leao.load("noruzzadeh2016")))))
