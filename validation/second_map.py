"""The second model's part of the shipped files, from kept figures of its members; computes no wave.

Rule: ``docs/validation/cortex_map_rule.md``. Rows of the threshold map, counts with their convergence, numbers of the
members, the ledger of preset ``leao2`` (the heaviest member) and the controls. ``build_threshold_map`` writes them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import get_type_hints

import numpy as np
from numpy.typing import NDArray

from leao.core import ledger
from leao.core.errors import LedgerError
from leao.core.units import convert
from leao.cortex import blind_controls, build_map, controls, counts, readouts, threshold_map
from leao.cortex.drugged_receptors import Drug
from leao.cortex.ledger_numbers import Homeostasis, TissueNumbers
from validation import cortex_controls, cortex_counts, cortex_grids, cortex_members, cortex_readouts
from validation.cortex_members import Judged

Array = NDArray[np.float64]

BASE = "leao2"
LEVELS = (0.0, 0.2, 0.4, 0.5, 1.0, 2.0, 4.0)  # uM memantine at which counts ship
STANDS_FOR = {0.5: (0.4, 1.0), 2.0: (1.0,), 4.0: (1.0,)}  # levels whose convergence a level shares
COUNT_COLUMNS = ("base", "member", "level_uM", "odds", "ratio", "log_error", "status")
NUMBERS = "share_2C_2D,transport_capacity,glutamate_rest,uptake_saturable,release,uptake_time"
STRUCTURE = "uptake_saturable"
HEAD = """stage = "cortex"
extends = "cortex/eaat"

# The second model: the heaviest member of its ensemble (docs/validation/cortex.md) under weights from targets and
# held-out data, written by validation/build_threshold_map.py. `uncertainty` is the spread over the 43 members, which are
# drawn together, never one by one. What no search moved stands in cortex/eaat.

"""


def members() -> list[tuple[Judged, float]]:
    """Return the members in the order of their numbers, each with its R5 weight."""
    of = cortex_members.members()
    return list(zip(of, map(float, cortex_controls.judged_blind(of)[2]), strict=True))


def map_rows() -> list[tuple[object, ...]]:
    """Return the rows of the threshold map; columns as ``threshold_map.COLUMNS``."""
    rows: list[tuple[object, ...]] = []
    for number, (member, weight) in enumerate(members()):
        head = (BASE, number, f"{member.drawn['share_2C_2D']:g}", f"{weight:.6g}")
        for kind in threshold_map.KINDS:
            curves = cortex_readouts.thresholds(kind)
            if member.key not in curves:
                raise LedgerError(f"second map: no {kind} thresholds of {member.key}; run validation.cortex_counts")
            curve = curves[member.key]
            rows += [
                (*head, kind, odds, f"{value:.7g}", f"{ratio:.7g}")
                for odds, value, ratio in zip(cortex_counts.ODDS, curve.absolute, curve.relative, strict=True)
            ]
    return rows


def member_rows() -> list[dict[str, str]]:
    """Return every searched number of the members, in the kernel's units."""
    rows = []
    for number, (member, _) in enumerate(members()):
        head = {"member": f"{number}", "start": f"{member.lineage}", "loss": f"{member.loss:.6g}"}
        rows.append(head | {name: f"{value:.9g}" for name, value in _numbers(member).items()})
    return rows


def ledger_text() -> str:
    """Return the ledger of the preset, its units those of the ledgers it extends."""
    known, printed = members(), ledger.read("cortex/eaat").numbers
    units = dict(_units())
    table = [_numbers(member) for member, _ in known]
    weights = np.array([weight for _, weight in known])
    heaviest = table[int(np.argmax(weights))]
    out = [HEAD.rstrip("\n"), ""]
    for name in heaviest:
        unit = printed[name].unit
        values = np.array([convert(row[name], units[name], unit) for row in table])
        out += [
            f"[{name}]",
            f"value  = {values[int(np.argmax(weights))]:.9g}",
            f'unit   = "{unit}"',
            'source = "leao2026"',
            'where  = "search of validation/search_cortex.py, heaviest member"',
            'tier   = "fitted"',
            *([] if name == STRUCTURE else _spread(values, weights)),
            f'note   = "Members range from {values.min():.3g} to {values.max():.3g}."',
            "",
        ]
    return "\n".join(out)


def count_rows() -> list[tuple[object, ...]]:
    """Return the counts of the members that have one, each level with its standing; columns ``COUNT_COLUMNS``."""
    known, free, standing = members(), cortex_grids.at_coarse(), standings()
    voltage = threshold_map.shape().reference_voltage
    rows: list[tuple[object, ...]] = []
    for number, (member, _) in enumerate(known):
        if (member.key, 0.0) not in free:
            raise LedgerError(f"second map: {member.key} was not counted; run validation.cortex_counts")
        fit = cortex_controls.matched(free[member.key, 0.0][None, :])
        if fit is None:
            continue
        cortex = cortex_members.tissue(member)
        for level in LEVELS:
            if (member.key, level) not in free:
                raise LedgerError(f"second map: {member.key} was not counted at {level:g} uM; run cortex_counts")
            odds = build_map.odds(cortex, Drug(build_map.COMPOUND, level), voltage) if level else 0.0
            ratio, error, status = 1.0, 0.0, counts.IDENTIFIED
            if level:
                ratio, ratio_se = counts.ratio(np.nan_to_num(free[member.key, level]), fit.counts[0], fit.weight)
                status, span = standing[level]
                error = float(np.hypot(ratio_se, span)) if status == readouts.NOT_IDENTIFIED else ratio_se
            rows.append((BASE, number, f"{level:g}", f"{odds:.7g}", f"{ratio:.6g}", f"{error:.4g}", status))
    return rows


def standings() -> dict[float, tuple[str, float]]:
    """Return for each level whether its ratio is identified, and the span of ln(mean ratio) over the grids."""
    by_level = {level: _standing(level) for level in cortex_grids.LEVELS if level}
    for level, others in STANDS_FOR.items():
        worse = [by_level[other] for other in others]
        states = {status for status, _ in worse}
        status = readouts.NOT_IDENTIFIED if readouts.NOT_IDENTIFIED in states else counts.IDENTIFIED
        by_level[level] = status, max(span for _, span in worse)
    return by_level


def _standing(level: float) -> tuple[str, float]:
    steps = cortex_grids.steps(level)
    span = float(sum(abs(np.log(step.fine / step.coarse)) for step in steps))
    if len(steps) < cortex_grids.STEPS:
        return readouts.NOT_IDENTIFIED, span
    steady = all(abs(step.fine - step.coarse) < counts.CONVERGED for step in steps)
    falling = level not in cortex_grids.rising()
    return (counts.IDENTIFIED if steady and falling else readouts.NOT_IDENTIFIED), span


def control_rows() -> list[controls.Control]:
    """Return R2 to R6 as the package's controls."""
    of = cortex_members.members()
    outcome, about = cortex_controls.memantine_in_rats()
    data, largest, weight = cortex_controls.judged_blind(of)
    standing, known = int((largest <= blind_controls.IMPLAUSIBLE).sum()), int(np.isfinite(largest).sum())
    effective = blind_controls.effective(weight)
    status, negatives = cortex_controls.negative()
    rows = [
        controls.Control(
            "memantine in rats under continuous KCl (R2, R3)",
            "waves fall from 7.7 to 2 ± 1.8 (Peeters 2007); a drug half as strong does not pass",
            "not counted" if outcome is None else cortex_controls.in_words(outcome, about),
            cortex_controls.NOT_RUN if outcome is None else outcome.status,
        ),
        controls.Control(
            "members that targets and blind data leave standing (R4)",
            "some, no datum missed by more than 3 deviations",
            f"{standing} of {known}"
            + ("" if standing else "; strictly, what is ruled out carries nothing: no verdict"),
            cortex_controls.PASSED if standing else cortex_controls.FAILED,
        ),
        controls.Control(
            "effective members (R5)",
            f"{blind_controls.FEWEST_EFFECTIVE:g} or more",
            f"{effective:.1f}",
            cortex_controls.PASSED if blind_controls.may_judge(weight) else cortex_controls.FAILED,
        ),
    ]
    rows += [
        controls.Control(f"{each.name.replace('_', ' ')} (R5)", f"{each.what}: {each.wanted}", each.given, each.status)
        for each in data
        if each.name != cortex_controls.COUNT
    ]
    counted = f"{sum(value > blind_controls.IMPLAUSIBLE for _, value in negatives)} of {len(negatives)} ruled out"
    wanted = "tuttle2019 and ten sets of shuffled numbers, all but at most one"
    return [*rows, controls.Control("sets that targets rule out (R6)", wanted, counted, status)]


def effective() -> float:
    """Return the effective number of members under R5."""
    return blind_controls.effective(np.array([weight for _, weight in members()]))


def as_csv(columns: tuple[str, ...], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as the text of a file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()


def control_lines(base: str, rows: list[controls.Control]) -> list[str]:
    """Return controls as lines of TOML."""
    lines: list[str] = []
    for control in rows:
        lines += ["", f"[[preset.{base}]]"]
        lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in control._asdict().items()]
    return lines


def _numbers(member: Judged) -> dict[str, float]:
    """Return the numbers of a member that are not the preset's of the study, by name, in the kernel's units."""
    params, second, _ = cortex_members.numbers(member)
    whole = params._asdict() | second._asdict()
    names = [name for name in member.named if name in whole and name != "uptake_time"]
    return {name: whole[name] for name in (*NUMBERS.split(","), *names)}


def _units() -> list[tuple[str, str]]:
    """Return the kernel's unit of every number."""
    return [
        (name, hint.__metadata__[0])
        for cls in (TissueNumbers, Homeostasis)
        for name, hint in get_type_hints(cls, include_extras=True).items()
    ]


def _spread(values: Array, weights: Array) -> list[str]:
    middle = float(weights @ values)
    if (values > 0.0).all():
        logs = np.log(values)
        return [
            f'uncertainty = {{ dist = "lognormal", sd_log = {np.sqrt(weights @ (logs - weights @ logs) ** 2):.3g} }}'
        ]
    return [f'uncertainty = {{ dist = "normal", sd = {np.sqrt(weights @ (values - middle) ** 2):.3g} }}']
