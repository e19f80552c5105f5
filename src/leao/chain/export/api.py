"""The call ``leao.trial_export``: one simulated trial as SAS transport, Dataset-JSON and define.xml."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any

from leao.chain.api import Changes, changed_scenario
from leao.chain.scenario import Scenario
from leao.core.errors import ScenarioError
from leao.core.limits import MOST_TRIALS
from leao.core.result import Result

CHECKED = (
    "against the schema of Define-XML 2.1 in the tests of this package; not against the rules of Pinnacle 21 or CORE"
)


def trial_export(
    scenario: str | Scenario,
    trial: int = 0,
    n: int | None = None,
    effect: str | float = "mechanistic",
    endpoint: str = "attacks",
    seed: int | None = None,
    set: Changes | None = None,
    out: str | PathLike[str] = "adam",
) -> Result[dict[str, Any]]:
    """Write one simulated trial as ADSL, ADDIARY and ADMONTH: .xpt, .json and define.xml.

    Args:
        scenario: a name, a TOML file, or what ``leao.load`` returned.
        trial: which of the simulated trials.
        n: patients per group; by default the scenario's.
        effect: as in ``leao.power``.
        endpoint: of an N-of-1 design, for each patient's own effect: attacks, migraine_days or headache_days.
        seed: of all random numbers.
        set: changes of any key, as in ``leao.load``.
        out: folder of the files.

    Raises:
        LeaoError: a trial that cannot be built, the library of SAS files is not there, or a folder that cannot be
            written.
    """
    from leao.chain import effects, power_answer
    from leao.trial import adam
    from leao.trial.standards import files
    from leao.trial.standards.variables import DATASETS

    if not 0 <= trial < MOST_TRIALS:
        raise ScenarioError(f"--trial: found {trial}, wanted 0 to {MOST_TRIALS - 1}")
    asked = changed_scenario(scenario, set, {"seed": seed})
    sizes = None if n is None else power_answer.sizes_of(str(n))
    setting = power_answer.setting(asked, power_answer.PowerRequest(effects.parse(str(effect)), sizes, None, endpoint))
    tables = adam.tables(setting, asked.name, trial)
    written = files.write(Path(out), tables, files.Study(asked.name, f"Simulated trial {trial} of {asked.name}"))
    rows = [
        {"name": name.upper(), "label": DATASETS[name].label, "records": table.height, "variables": table.width}
        for name, table in tables.items()
    ]
    answer: dict[str, Any] = {
        "scenario": asked.name,
        "trial": trial,
        "seed": asked.seed,
        "datasets": rows,
        "define_version": "2.1.0",
        "dataset_json_version": "1.1.0",
        "checked": CHECKED,
        "files": [str(path) for path in written],
    }
    return Result("trial_export", answer, lambda: tables)
