"""One lineage of the search for the second cortex: what it has asked, what it asks next, what it keeps of it.

By the rule of ``docs/validation/cortex_search_rule.md``. Everything follows from the lineage's number and its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import qmc

from leao.core.errors import SolverError
from validation import cortex_box, cortex_emulator, cortex_stages, cortex_targets
from validation.cortex_box import SEED
from validation.cortex_stages import Figures

Array = np.ndarray
Row = dict[str, Any]
DESIGN = 64  # random places of a lineage, asked for the single wave only
CONTINUED, WHOLE = 8, 3  # of these, asked for the first three stages, then for all
MOST = 900  # evaluations of a lineage
MEMBERS = 4  # sets not ruled out, at which a lineage is done
JUDGED = 12  # sets of a lineage judged in full at most
MISSING = 15.0  # added to the loss for each stage that was not reached, where sets are ranked
GATE = 12.0  # loss so far up to which the next stage is run, at least; else the lineage's best whole loss times SLACK
SLACK = 1.1
TRAINED, LATEST = 180, 20  # evaluations the emulators see: the best ones, and the last ones
FEWEST = 8
STEP, GENERATIONS, POPULATION = 0.08, 20, 16
APART = 0.4  # in the unit box: judged sets of a lineage nearer than this repel the next proposal
ASKED_APART = 0.1  # the same for sets asked for every stage, and for sets that have no rest
FAILED = 2e3
NO_WHOLE = 200.0  # what stands for the best whole loss of a lineage before there is one


class Run(NamedTuple):
    """One evaluation: its place in the unit box, and what is known of it."""

    place: Array
    figures: Figures

    @property
    def ranked(self) -> float:
        """Return the loss by which sets are ranked."""
        if not self.figures:
            return FAILED
        return cortex_stages.loss(self.figures) + MISSING * (len(cortex_stages.STAGES) - self.reached)

    @property
    def reached(self) -> int:
        """Return how many stages were run."""
        return cortex_stages.reached(self.figures)


class Search:
    """One lineage under way; made from its seed and the rows there are."""

    def __init__(self, number: int, runs: list[Run], judged: list[tuple[Array, bool]]) -> None:
        self.of = cortex_box.lineage(number)
        self.runs, self.judged = runs, judged
        self.new_rows: list[Row] = []  # of ``ROWS``
        self.new_candidates: list[Row] = []  # of ``CANDIDATES``
        sobol = qmc.Sobol(len(cortex_box.box(self.of)), rng=np.random.default_rng([SEED, number, 1]))
        self.design = np.round(sobol.random(64)[:DESIGN], 4)

    @property
    def members(self) -> int:
        """Return how many sets were judged and not ruled out."""
        return sum(stands for _, stands in self.judged)

    @property
    def going(self) -> bool:
        """Return whether the lineage takes another turn."""
        return len(self.runs) < MOST and self.members < MEMBERS and len(self.judged) < JUDGED

    @property
    def best(self) -> float:
        """Return the least loss of a set asked for every stage."""
        whole = [run.ranked for run in self.runs if run.reached == len(cortex_stages.STAGES)]
        return min(whole, default=NO_WHOLE)

    def advance(self) -> None:
        """Ask for one more set; judge it in full where its coarse figures do not rule it out."""
        number = len(self.runs)
        place, least = self._next(number)
        run = self._asked(place, least)
        self.runs.append(run)
        row: Row = {"lineage": self.of.number, "evaluation": number, "loss": f"{run.ranked:.6g}"}
        row["place"] = " ".join(f"{round(1e4 * u)}" for u in place)
        names = (*cortex_targets.targets(), *cortex_stages.GUIDES)
        figures = {name: _text(run.figures[name]) if name in run.figures else "" for name in names}
        self.new_rows.append(row | figures)
        known = {name: value for name, value in run.figures.items() if name in cortex_targets.targets()}
        if run.reached == len(cortex_stages.STAGES) and max(cortex_targets.misses(known).values()) <= 3.0:
            self._judge(number, place)

    def _next(self, number: int) -> tuple[Array, int]:
        """Return the next place, and the stage up to which it is asked for whatever it gives."""
        if number < DESIGN:
            return self.design[number], 1
        if number < DESIGN + CONTINUED:
            order = sorted(self.runs[:DESIGN], key=lambda run: run.ranked)
            return order[number - DESIGN].place, 3
        if number < DESIGN + CONTINUED + WHOLE:
            order = sorted(self.runs[DESIGN : DESIGN + CONTINUED], key=lambda run: run.ranked)
            return order[number - DESIGN - CONTINUED].place, len(cortex_stages.STAGES)
        return self._proposed(number), 1

    def _asked(self, place: Array, least: int) -> Run:
        named, known = cortex_box.values(self.of, place), Figures()
        only = len(self.runs) < DESIGN
        gate = max(GATE, SLACK * self.best)
        try:
            of = cortex_stages.asked(*cortex_box.numbers(self.of, named), self._near(place))
            for k, stage in enumerate(cortex_stages.STAGES):
                if k >= least and (only or cortex_stages.loss(known) > gate):
                    break
                known |= stage(of, known)
        except SolverError:
            pass
        return Run(place, {name: float(_text(value)) for name, value in known.items()})  # as they are read again

    def _near(self, place: Array) -> tuple[float, float]:
        """Return the thresholds for KCl and glutamate of the nearest place they are known of."""
        names = cortex_stages.NAMES[1]
        known = [run for run in self.runs if 0.0 < run.figures.get(names[0], 0.0) < 100.0]
        if not known:
            return 10.0, 12.0
        nearest = min(known, key=lambda run: float(((run.place - place) ** 2).sum()))
        return nearest.figures[names[0]], max(nearest.figures["glutamate_threshold_uM"], 0.1)

    def _proposed(self, number: int) -> Array:
        """Return the place where the emulators expect the least loss, looked for by CMA-ES from a good set."""
        import cma

        draw = np.random.default_rng([SEED, self.of.number, 2, number])
        ranked = sorted((run for run in self.runs if run.figures), key=lambda run: run.ranked)
        emulators = _emulators(ranked[:TRAINED] + [run for run in self.runs[-LATEST:] if run.figures])
        mode = number % 4
        first = 0 if mode < 2 else int(draw.integers(min(len(ranked), 8 if mode == 2 else 20)))
        whole = [run.place for run in self.runs if run.reached in (0, len(cortex_stages.STAGES))]
        options = {"seed": int(draw.integers(1, 2**31)), "popsize": POPULATION, "verbose": -9, "bounds": [0.0, 1.0]}
        start = np.clip(ranked[first].place + 0.01 * draw.standard_normal(len(cortex_box.box(self.of))), 0.0, 1.0)
        inner = cma.CMAEvolutionStrategy(start, STEP, options)
        for _ in range(GENERATIONS):
            asked = np.array(inner.ask())
            inner.tell(list(asked), list(_expected(emulators, asked, mode) + self._repelled(asked, whole)))
        return np.round(np.clip(np.asarray(inner.result.xbest), 0.0, 1.0), 4)

    def _repelled(self, at: Array, whole: list[Array]) -> Array:
        """Return what keeps proposals from where the answer is known."""
        total = np.zeros(len(at))
        for places, apart in (([place for place, _ in self.judged], APART), (whole, ASKED_APART)):
            if places:
                away = np.sqrt(((at[:, None, :] - np.array(places)[None, :, :]) ** 2).sum(axis=2))
                total += 4.0 * (np.maximum(1.0 - away / apart, 0.0) ** 2).sum(axis=1)
        return total

    def _judge(self, number: int, place: Array) -> None:
        """Compute the targets in full and keep the set with all its numbers."""
        named = cortex_box.values(self.of, place)
        try:
            figures = cortex_targets.figures(cortex_targets.tissues(*cortex_box.numbers(self.of, named)))
        except SolverError:
            figures = {}
        worst = max(cortex_targets.misses(figures).values()) if figures else float("inf")
        self.judged.append((place, float(_text(worst)) <= 3.0))
        row: Row = {"lineage": self.of.number, "evaluation": number, "saturable": int(self.of.saturable)}
        row |= {"implausibility": _text(worst), "loss": f"{cortex_targets.loss(figures):.6g}"}
        row |= {"share_2C_2D": self.of.share, "transport_capacity": f"{self.of.capacity:.9g}"}
        row |= {"glutamate_rest": f"{self.of.glutamate_rest:.9g}"}
        row |= {name: f"{named[name]:.9g}" if name in named else "" for name in (*cortex_box.BOX, "uptake_time")}
        targets = cortex_targets.targets()
        self.new_candidates.append(row | {name: f"{figures[name]:.6g}" if figures else "" for name in targets})


Emulated = list[tuple[cortex_emulator.Emulator, Array]]


def _emulators(runs: list[Run]) -> Emulated:
    """Return the emulators of every stage that enough runs reached, with the widths of their windows."""
    made: Emulated = []
    for k, first in enumerate(cortex_stages.FIRST):
        reached = [run for run in runs if first in run.figures]
        if len(reached) < FEWEST:
            continue
        names = [name for name in cortex_stages.NAMES[k] if name not in cortex_stages.GUIDED]
        scales = [cortex_stages.scales()[name] for name in names]
        values_of = np.array([[s.place(run.figures[n]) for s, n in zip(scales, names, strict=True)] for run in reached])
        inputs = np.array([run.place for run in reached])
        made.append((cortex_emulator.fit(inputs, values_of), np.array([scale.width for scale in scales])))
    return made


def _expected(emulators: Emulated, at: Array, mode: int) -> Array:
    """Return the loss expected at places: cautious (0), bolder (1 and 3), or in hope of one deviation (2)."""
    total = np.zeros(len(at))
    for emulator, width in emulators:
        mean, sd = cortex_emulator.predict(emulator, at)
        if mode == 2:
            miss = np.maximum(np.maximum(mean - width, -mean) - sd, 0.0)
            total += (miss**2).sum(axis=1)
        else:
            total += cortex_emulator.expected_loss(mean, sd if mode == 0 else 0.3 * sd, width).sum(axis=1)
    return total


def search(number: int, rows: Sequence[Row], candidates: Sequence[Row]) -> Search:
    """Return a lineage as far as its rows brought it."""
    names = (*cortex_targets.targets(), *cortex_stages.GUIDES)
    runs = [
        Run(
            np.array([float(text) for text in row["place"].split()]) / 1e4,
            {name: float(row[name]) for name in names if row[name]},
        )
        for row in rows
    ]
    judged = [(runs[int(row["evaluation"])].place, float(row["implausibility"]) <= 3.0) for row in candidates]
    return Search(number, runs, judged)


def _text(value: float) -> str:
    return f"{value:.5g}"
