"""The calls at the root of the package: what needs the whole chain, and what every command shares.

Arguments bear the names of the command line's options; ``summary`` is what the command prints with ``--json``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leao.core import bibliography, ledger
from leao.core.errors import ScenarioError
from leao.core.progress import Progress, shown
from leao.core.result import Result
from leao.core.rows import picked

if TYPE_CHECKING:
    from leao.chain.contract import NumberRow, PowerSummary, Provocation, ScenarioRow
    from leao.chain.preventives_contract import Preventives
    from leao.chain.scenario import Scenario
    from leao.core.runs import Run
    from leao.trial.titration import Policy

Changes = Mapping[str, Any] | Sequence[str]  # {"trial.weeks": 24} or ["trial.weeks=24"]
OUT = "runs"


def load(scenario: str, set: Changes | None = None) -> Scenario:
    """Return the scenario of that name, or in a TOML file, with changes made.

    Args:
        scenario: for example ``"noruzzadeh2016"`` or ``"mine.toml"``.
        set: dotted keys and values, ``{"arms.memantine.dose": "20 mg"}`` or ``["arms.memantine.dose=20 mg"]``.

    Raises:
        ScenarioError: unknown name or key, or a value that cannot be used.
    """
    from leao.chain import scenario as scenarios

    return scenarios.load(scenario, _parsed(set))


def scenarios() -> Result[list[ScenarioRow]]:
    """List the scenarios that ship with the package: name, what they are, source."""
    from leao.chain.scenario import available

    rows: Any = [load(name).model_dump(include={"name", "what", "source"}) for name in available()]
    return Result("scenarios", rows, lambda: _frame(rows))


def run(
    scenario: str | Scenario,
    out: str | PathLike[str] = OUT,
    seed: int | None = None,
    subjects: int | None = None,
    set: Changes | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    scheduler: str | None = None,
    shard: str | None = None,
) -> Run:
    """Simulate a trial from the tablet to the diary, compare it with what was published, and judge.

    The same question is answered from disk; what is missing of it is computed.

    Args:
        scenario: a name, a TOML file, or what ``leao.load`` returned.
        out: folder for run folders.
        seed: of all random numbers.
        subjects: patients per arm.
        set: changes of any key, as in ``leao.load``.
        workers: threads; any number gives the same result, bit for bit.
        executor: any executor instead of threads.
        progress: called with a step, its parts done and their number; by default a line in a notebook.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.
        shard: ``"i/n"``: this part of the simulated trials only, into the folder that all shards share.

    Raises:
        LeaoError: a scenario that cannot be run, or a folder that cannot be written.
        UnfinishedShard: this shard is done, and others still owe their parts.
    """
    from leao.chain.run import execute
    from leao.core.work import Work

    asked = changed_scenario(scenario, set, {"seed": seed, "trial.n_per_arm": subjects})
    return execute(asked, Path(out), Work(workers, scheduler, shard, executor), shown(progress))


def open(run: str | PathLike[str]) -> Run:
    """Return the finished run in a folder after checking it.

    Args:
        run: the run folder.

    Raises:
        RunError: no run there, an unfinished one, one whose parts changed since, or that of another version.
    """
    from leao.chain.opened import opened

    return opened(Path(run))


def cite(run: str | PathLike[str] | Run) -> str:
    """Return BibTeX of the sources that a run used.

    Args:
        run: a run, or its folder.
    """
    from leao.core.runs import Run

    return (run if isinstance(run, Run) else open(run)).summary["bibliography"]


def number(name: str) -> Result[NumberRow]:
    """Return one number of the ledgers: value, unit, source, tier, how well it is known, how people differ.

    Args:
        name: for example ``"clearance"``, or ``"exposure.clearance"``.

    Raises:
        LedgerError: no ledger holds it, or several do.
    """
    entry: Any = ledger.find(name)._asdict()
    entry["reference"] = bibliography.reference(entry["source"])
    return Result("number", entry)


def power(
    scenario: str | Scenario,
    repeats: int = 1000,
    n: str | int | Sequence[int] | None = None,
    effect: str | float = "mechanistic",
    estimator: str | Sequence[str] | None = None,
    endpoint: str = "attacks",
    seed: int | None = None,
    set: Changes | None = None,
    workers: int | None = None,
    shard: str | None = None,
    out: str | PathLike[str] = OUT,
    policy: Policy | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    looks: str | None = None,
    spending: str | None = None,
    spending_gamma: float | None = None,
    futility: str | None = None,
    scheduler: str | None = None,
) -> Result[PowerSummary]:
    """Return the operating characteristics of a scenario's trial: power, type I error, bias, coverage, sample size.

    Args:
        scenario: a name, a TOML file, or what ``leao.load`` returned.
        repeats: simulated trials.
        n: patients per group, ``60``, ``[20, 60]`` or ``"20,60"``; by default the scenario's.
        effect: ``"mechanistic"``, ``"empirical"`` or a ratio of attack rates, 1 for none.
        estimator: one or more; the first is quoted; by default all that fit.
        endpoint: attacks, migraine_days or headache_days.
        seed: of all random numbers.
        set: changes of any key, as in ``leao.load``.
        workers: up to four threads, beyond processes; the result is the same.
        shard: ``"i/n"``: this part of the ensemble only.
        out: folder for the ensembles.
        policy: a callable that gives the doses, see ``leao.trial.titration.EpochView``.
        executor: any, for example ``distributed.Client().get_executor()``.
        progress: called with a step, its parts done and their number; by default a line in a notebook.
        looks: of the largest trial, how many or their shares of the patients, ``"0.5,1"``, see
            ``leao.trial.boundaries``.
        spending: of alpha, see there.
        spending_gamma: of a spending function that has one.
        futility: bounds of z, ``"0"``, below which a trial stops.
        scheduler: address of a Dask scheduler whose workers compute, ``"tcp://host:8786"``.

    Raises:
        LeaoError: a trial that cannot be built, or a folder that cannot be written.
    """
    from leao.chain import effects
    from leao.chain import power_answer as questions
    from leao.chain.run_power import WorkOptions, play_out
    from leao.core.work import Work, checked, pooled
    from leao.trial.sequential import planning

    asked = changed_scenario(scenario, set, {"seed": seed})
    sizes = None if n is None else questions.sizes_of(n if isinstance(n, str) else _listed(n))
    names = (estimator,) if isinstance(estimator, str) else tuple(estimator or ())
    words = planning.simulated_words(looks, spending, spending_gamma, futility)
    wish = questions.PowerRequest(effects.parse(str(effect)), sizes, names or None, endpoint, policy, words)
    work, tell = checked(Work(workers, scheduler, shard, executor)), shown(progress)
    pool = pooled(executor, workers, scheduler)
    how = WorkOptions(pool, work.part, lambda done, of: tell("chunks of simulated trials", done, of))
    answer: Any = {"page": None, "tables": None} | play_out(asked, wish, repeats, Path(out), how)
    return Result("power", answer, lambda: _sizes(answer), (asked, wish))


def provoke(
    gtn: str = "0.5 ug/kg/min",
    minutes: float = 20.0,
    population: str = "patients",
    compound: str | None = None,
    concentration: str | None = None,
    dose: str | None = None,
    route: str | Sequence[str] = "csd",
    seed: int = 1,
    n: int = 4000,
) -> Result[Provocation]:
    """Headache during a nitroglycerin infusion, migraine hours later, and what the drug's routes predict.

    Args:
        gtn: rate of the infusion with its unit.
        minutes: its length.
        population: patients (migraine) or controls (healthy).
        compound: memantine, or another pore blocker with a concentration.
        concentration: free drug around neurons, ``"0.1 uM"``.
        dose: regimen of memantine, ``"10 mg daily"``.
        route: csd, trigeminocervical or none; one or several.
        seed: of all random numbers.
        n: virtual people.

    Raises:
        ScenarioError: a rate, dose, route or number that cannot be used.
    """
    from leao.chain import provoke_request as request
    from leao.chain.provoke import provocation

    routes = (route,) if isinstance(route, str) else tuple(route)
    infusion, drug = request.Infusion(gtn, minutes, population), request.DrugTexts(compound, concentration, dose)
    answer: Any = provocation(request.checked(infusion, drug, routes, (seed, n)))
    return Result("provocation", answer, lambda: _course(answer))


def preventives() -> Result[Preventives]:
    """Predict each preventive's trials from its effect on the wave, by the link that the other drugs gave."""
    from leao.chain import preventives as others

    answer: Any = others.answer() | {"out": None}
    return Result("preventives", answer, lambda: _predictions(answer))


def _predictions(answer: Any) -> Any:
    """Return a row per drug: observed and predicted rate ratio, and whether it lies inside."""
    rows = []
    for drug in answer["drugs"]:
        observed, predicted = drug["observed_rate_ratio"], drug["predicted_rate_ratio"]["median"]
        figures = {"observed": observed and observed["estimate"], "predicted": predicted, "inside": drug["inside"]}
        rows.append(picked(drug, ("drug", "role")) | figures)
    return _frame(rows)


def changed_scenario(scenario: str | Scenario, changes: Changes | None, named: Mapping[str, Any]) -> Scenario:
    """Return a scenario with the changes of ``set`` and of the named options; a key that both change is refused."""
    from leao.chain import scenario as scenarios

    parsed, given = _parsed(changes), {key: value for key, value in named.items() if value is not None}
    if twice := given.keys() & parsed.keys():
        raise ScenarioError(f"--set {min(twice)}: found --seed or --subjects for it too; leave out one of the two")
    if isinstance(scenario, str):
        return scenarios.load(scenario, parsed | given)
    return scenarios.changed(scenario, parsed | given) if parsed or given else scenario


def _parsed(changes: Changes | None) -> dict[str, Any]:
    from leao.chain.changes import parse_changes

    return parse_changes(changes)


def _listed(sizes: int | Sequence[int]) -> str:
    return str(sizes) if isinstance(sizes, int) else ",".join(str(size) for size in sizes)


def _frame(rows: Any) -> Any:
    import polars as pl

    return pl.DataFrame(rows)


def _sizes(answer: Any) -> Any:
    """Return the operating characteristics as rows: estimator, comparison, size and figures."""
    rows: list[dict[str, Any]] = []
    for name, comparisons in answer["estimators"].items():
        for label, figures in comparisons.items():
            rows += ({"estimator": name, "comparison": label} | row for row in figures["by_n"])
    return _frame(rows)


def _course(answer: Any) -> Any:
    """Return the share of people whose migraine has begun, by hour; with and without drug where there is one."""
    base = answer["without_drug"] or answer
    columns = {"time_h": base["times_h"], "without_drug_percent": base["cumulative_percent"]}
    if answer["without_drug"]:
        columns["with_drug_percent"] = answer["cumulative_percent"]
    return _frame({name: values for name, values in columns.items() if values is not None})
