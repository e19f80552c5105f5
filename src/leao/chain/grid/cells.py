"""``leao trial grid``: designs x dropout x effects x sizes, each an ensemble of its own that is found again on disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from itertools import product
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from leao.chain import effects
from leao.chain.grid.contract import GridRow
from leao.chain.power_answer import PowerRequest, sizes_of
from leao.chain.run_power import WorkOptions, play_out
from leao.chain.scenario import Scenario, changed
from leao.core.chunks import spans
from leao.core.errors import ScenarioError, UnfinishedShard, each_once
from leao.core.ledger import nearest
from leao.core.rows import picked
from leao.core.work import Work, checked, pooled
from leao.trial.options import KINDS

MOST_CELLS = 200  # ensembles
KEPT = (
    "power", "power_se", "type_1_error", "type_1_error_se", "coverage", "coverage_se", "bias", "bias_se", "failed",
)  # fmt: skip
Progress = Callable[[str, int, int], None]


class GridRequest(NamedTuple):
    """What is varied; an empty entry: as the scenario has it."""

    designs: tuple[str, ...]
    sizes: tuple[int, ...]
    effects: tuple[str | float, ...]
    dropouts: tuple[float, ...]
    estimator: str | None
    endpoint: str


class GridWords(NamedTuple):
    """What the user wrote; lists separated by commas."""

    n: str | None
    effect: str
    design: str | None
    dropout: str | None
    estimator: str | None
    endpoint: str


def parse(words: GridWords, scenario: Scenario) -> GridRequest:
    """Return what was asked for.

    Raises:
        ScenarioError: a design, size, effect or dropout that cannot be, or too many of them.
    """
    designs = _listed("--design", words.design) or (scenario.trial.design.kind,)
    for design in designs:
        if design not in KINDS:
            hint = nearest(design, list(KINDS))
            raise ScenarioError(f"--design: found {design!r}, wanted some of {', '.join(KINDS)}{hint}")
    sizes = (scenario.trial.n_per_arm,) if words.n is None else sizes_of(words.n)
    parsed = tuple(effects.parse(part) for part in _listed("--effect", words.effect))
    each_once("--effect", parsed)
    if not parsed:
        raise ScenarioError("--effect: wanted one or more, such as 0.5,0.75,1 or neutral,sceptical")
    request = GridRequest(designs, sizes, parsed, _shares(words.dropout), words.estimator, words.endpoint)
    cells = len(designs) * len(parsed) * max(1, len(request.dropouts))
    if cells > MOST_CELLS:
        raise ScenarioError(f"the grid has {cells} ensembles, wanted at most {MOST_CELLS}; ask for fewer values")
    return request


def play(scenario: Scenario, asked: GridRequest, repeats: int, out: Path, how: tuple[Work, Progress]) -> list[GridRow]:
    """Return a row for each design, dropout, effect and size; what stands on disk is not computed again.

    Args:
        scenario: the question that is varied.
        asked: the grid.
        repeats: simulated trials of each ensemble.
        out: folder for the ensembles.
        how: who computes which part, and what is called with a step, its parts done and their number.

    Raises:
        LeaoError: a cell that cannot be built; the others stay on disk.
        UnfinishedShard: this part of all cells is done, and others are still missing.
    """
    work, progress = checked(how[0]), how[1]
    cells = list(product(asked.designs, asked.dropouts or (None,), asked.effects))
    questions = [_question(scenario, asked, cell) for cell in cells]  # all are built before the first is computed
    answers: list[dict[str, Any]] = []
    with pooled(work.executor, work.workers, work.scheduler) as pool:
        options = WorkOptions(nullcontext(pool), work.part)
        for done, question in enumerate(questions):
            progress("ensembles of the grid", done, len(cells))
            answers.append(play_out(*question, repeats, out, options))
        for place, answer in enumerate(answers):
            if "missing_chunks" in answer:  # another shard may have come to its end meanwhile
                answers[place] = play_out(*questions[place], repeats, out, options)
    progress("ensembles of the grid", len(cells), len(cells))
    missing = sum(answer.get("missing_chunks", 0) for answer in answers)
    if missing:
        raise UnfinishedShard(work.part, missing, len(cells) * len(spans(repeats)), str(out))
    return [row for cell, answer in zip(cells, answers, strict=True) for row in _rows(cell, answer)]


def name(rows: Sequence[GridRow]) -> str:
    """Return what tells a grid from any other: the hash of its cells, and of the names of their ensembles."""
    of_cell = itemgetter("design", "n_per_arm", "effect", "dropout", "estimator", "repeats")
    cells = "\n".join(f"{[*of_cell(row)]} {Path(row['run']).name}" for row in rows)
    return hashlib.sha256(cells.encode()).hexdigest()[:8]


def _question(
    scenario: Scenario, asked: GridRequest, cell: tuple[str, float | None, str | float]
) -> tuple[Scenario, PowerRequest]:
    from leao.chain.power_answer import setting

    design, dropout, effect = cell
    changes: dict[str, Any] = {} if scenario.trial.design.kind == design else {"trial.design": {"kind": design}}
    if dropout is not None:
        arms = (scenario.placebo_arm, *scenario.active_arms)
        changes["trial.dropout"] = dict.fromkeys(arms, dropout)
    varied = changed(scenario, changes) if changes else scenario
    wanted = asked.estimator or ("paired" if design in ("crossover", "n_of_1") else "negative_binomial")
    wish = PowerRequest(effect, asked.sizes, (wanted,), asked.endpoint)
    setting(varied, wish)
    return varied, wish


def _rows(cell: tuple[str, float | None, str | float], answer: dict[str, Any]) -> list[GridRow]:
    design, dropout, effect = cell
    rows: Any = [
        {
            "design": design,
            "n_per_arm": row["n"],
            "effect": effect,
            "dropout": dropout,
            "estimator": answer["estimator"],
            "repeats": answer["repeats"],
            **picked(row, KEPT),
            "run": answer["run"],
        }
        for row in answer["by_n"]
    ]
    return rows


def _listed(option: str, text: str | None) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    each_once(option, parts)
    return parts


def _shares(text: str | None) -> tuple[float, ...]:
    values = []
    for part in _listed("--dropout", text):
        try:
            share = float(part)
        except ValueError:
            share = -1.0
        if not 0.0 <= share < 1.0:
            raise ScenarioError(f"--dropout: found {part!r}, wanted shares of at least 0 and below 1, such as 0.1,0.3")
        values.append(share)
    each_once("--dropout", values)
    return tuple(values)
