"""Seconds of processor time for diaries, calibration, trials and estimators; statsmodels' in the same run.

Aim: 1,000 trials of 2 x 150, 28 + 84 days, dropout, MMRM and negative binomial both, in 1.8 s. Its parts are
counted apart: some 450,000 people are screened over 28 days, 300,000 of them keep a diary of 112, each after a warm-up
of 14; then come the analyses.

python benchmarks/bench_trial.py
"""

import platform
import time
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import statsmodels.api as sm

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import patient_traits, process
from leao.diary.courses import Courses
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers
from leao.trial import completers, design, simulated_trials, simulation
from leao.trial.designs import settle
from leao.trial.diaries import diaries as diaries_of
from leao.trial.enrolment_dropout import EnrolledPatients, enrol
from leao.trial.estimators import METHODS, negative_binomial
from leao.trial.monthly_counts import Data, collect, observed
from leao.trial.options import TrialOptions
from leao.trial.placebo_response import calibrate
from leao.trial.simulation import Setting

ARMS = ("placebo", "memantine")
SCALE = 20  # of the trials with looks, one in so many is run


class Factor(NamedTuple):
    """The same factor on the hazard of attacks on every day with a dose."""

    value: float

    def ratio(self, enrolled: EnrolledPatients, dose: Courses) -> Courses:
        """Return it, 1 without a dose."""
        return dose._replace(days=np.where(dose.days > 0.0, self.value, 1.0))


def seconds(work: Callable[[], object], repeats: int = 3, clock: Callable[[], float] = time.process_time) -> float:
    """Return the least processor time of some runs, after one that compiles."""
    work()
    taken = []
    for _ in range(repeats):
        start = clock()
        work()
        taken.append(clock() - start)
    return min(taken)


def diaries(patients: int) -> Callable[[], object]:
    """Return the work of ``patients`` diaries of 112 days."""
    params, streams = ledger.params(ledger.read("diary"), DiaryNumbers), Streams(1, "bench")
    uniforms = streams.uniforms("people", range(1), range(patients), patient_traits.LUCK)
    people = patient_traits.draw(params, -1.5, uniforms, streams.key("days", 0)[None])
    upstream = process.DiaryInput(np.ones((1, patients, 112)), people, np.zeros((1, patients)), 28)
    return lambda: process.run(params, upstream, DiaryOptions())


def trials(repeats: int, n_per_arm: int) -> Callable[[], object]:
    """Return the work of ``repeats`` trials with screening, both arms, the paired diaries and all estimators."""
    settled = settle(TrialOptions(n_per_arm=n_per_arm), ARMS, DiaryOptions())
    calibration = calibrate(settled)

    planned = np.array([[0.0], [10.0]]) * np.ones(settled.days)
    ask = Setting(settled, calibration, Factor(0.8), planned, Streams(1, "bench"))

    def work() -> None:
        for first in range(0, repeats, 50):
            completers.chunk(ask, range(first, first + 50))

    return work


def analyses(repeats: int, n_per_arm: int) -> tuple[Callable[[], object], Callable[[], object], Callable[[], object]]:
    """Return the work of recruiting ``repeats`` trials, of living them, and of analysing them by both estimators."""
    settled = settle(TrialOptions(n_per_arm=n_per_arm), ARMS, DiaryOptions())
    calibration = calibrate(settled)
    cuts = [range(first, first + 50) for first in range(0, repeats, 50)]
    recruited, simulated = [], []

    def recruit() -> None:
        recruited.clear()
        recruited.extend(enrol(settled, calibration, Streams(1, "bench"), cut) for cut in cuts)

    def live() -> None:
        simulated.clear()
        for enrolled in recruited:
            of_arm = np.ones((2, settled.days))
            of_arm[1, settled.start :] = 0.8
            ratio = Courses(of_arm, enrolled.arm.astype(np.intp))
            simulated.append((enrolled, diaries_of(settled, enrolled, ratio, ("attacks", "missing"))))

    def analyse() -> None:
        for enrolled, days in simulated:
            missing = observed(days, settled, enrolled, np.zeros(enrolled.arm.shape, bool))
            data = collect(days, settled, enrolled, "attacks", missing)
            for name in ("mmrm", "negative_binomial"):
                METHODS[name].estimate(data)

    return recruit, live, analyse


def looks(repeats: int) -> Callable[[], object]:
    """Return the work of ``repeats`` trials of 2 x 150 analysed at 75 and at 150 an arm, under the effect and none."""
    asked = simulated_trials.setting(design("parallel", 150, 12), 0.75, "10 mg", (("negative_binomial",), "attacks"), 3)
    asked = asked._replace(sizes=(75, 150))
    return lambda: [simulation.chunk(asked, range(first, first + 50)) for first in range(0, repeats, 50)]


def counts(repeats: int, n: int) -> Data:
    """Return the attacks of ``repeats`` trials of ``n`` patients."""
    rng = np.random.default_rng(1)
    arm = np.broadcast_to(np.tile([0, 1], n // 2), (repeats, n)).astype(np.int8)
    baseline = rng.integers(2, 14, (repeats, n)).astype(float)
    mean = np.exp(0.2 - 0.2 * arm) * baseline**0.8
    events = rng.poisson(mean * rng.gamma(3.0, 1 / 3.0, (repeats, n))).astype(float)
    use, month = rng.random((repeats, n)) < 0.85, np.full((repeats, n), 28.0)
    return Data(arm, use, baseline, events[..., None], events, month, 28.0, False, np.zeros((2, 1), bool))


def peer(data: Data, fits: int) -> float:
    """Return the seconds statsmodels needs for one negative-binomial fit."""

    def work() -> None:
        for t in range(fits):
            keep = data.use[t]
            x = np.column_stack([np.ones(keep.sum()), data.arm[t, keep], np.log(data.baseline[t, keep])])
            sm.NegativeBinomial(data.events[t, keep], x).fit(disp=0)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seconds(work, 1, time.thread_time) / fits  # not the threads of BLAS beside it, which mostly wait


def main() -> None:
    """Print the table."""
    settled = settle(TrialOptions(), ARMS, DiaryOptions())
    data = counts(1000, 300)
    print(f"{platform.machine()}, Python {platform.python_version()}, processor seconds on one core")
    print(f"100,000 patients x 112 days         {seconds(diaries(100_000)):8.2f}")
    print(f"calibration of a trial              {seconds(lambda: calibrate(settled)):8.2f}")
    print(f"500 trials of 2 x 30, 112 days      {seconds(trials(500, 30), 2):8.2f}")
    recruit, live, analyse = analyses(1000, 150)
    parts = [seconds(recruit), seconds(live), seconds(analyse)]
    print(f"1,000 trials of 2 x 150             {sum(parts):8.2f}  (wanted 1.8)")
    for name, taken in zip(
        ("screening", "diaries of the enrolled", "28-day counts, MMRM and neg. bin."), parts, strict=True
    ):
        print(f"  {name:<34}{taken:8.2f}")
    share = SCALE * seconds(looks(10_000 // SCALE))
    print(f"10,000 trials of 2 x 150, two looks {share:8.1f}  (wanted 30; a {SCALE}th of them run)")
    ours, theirs = seconds(lambda: negative_binomial(data)), 1000 * peer(data, 20)
    print(f"1,000 negative-binomial fits, n 300 {ours:8.2f}")
    print(f"  the same in statsmodels           {theirs:8.2f}")
    print(
        f"ratio {theirs / ours:.3g} | 1,000 negative-binomial fits, n 300 | {ours:.3g} CPU-s | statsmodels | "
        f"{theirs:.3g} CPU-s"
    )


if __name__ == "__main__":
    main()
