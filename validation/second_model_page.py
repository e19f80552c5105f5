"""Write docs/validation/cortex.md: the second model, on which the verdict rests.

Search, members, targets, read-outs, held-out data, controls and conflicts.

    python -m validation.second_model_page

Some twenty seconds of a core; everything dear is read from kept files (``cortex_search.csv``, ``cortex_candidates.csv``,
``cortex_held.csv``, ``cortex_counts.csv``, ``cortex_thresholds.csv``, ``cortex_shuffled.csv``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leao.cortex import blind_controls, preset_table
from validation import cortex_conflicts, cortex_controls, cortex_map_page, cortex_members, cortex_targets, search_cortex
from validation.cortex_lineage import NO_WHOLE
from validation.cortex_members import Judged
from validation.page import Page, table

CA1 = 1.25
STRICTLY = (
    "; every one misses the DC amplitude under memantine by more than 3 deviations. As committed R4 sets no weight to zero, so"
    " the verdict is shown and not vouched for; read strictly, a member ruled out carries nothing and there is none"
)
SPEEDS = (1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0)
ORDER = (
    "Written by `validation/second_model_page.py`. Order: targets, held-out data and the rules of the controls; the"
    " model; the rule of the search; the search; the rule of how held-out data and controls are computed (while the"
    " search ran, before any of it); held-out data and controls; the rule of the map; counts at"
    " clinical levels and on finer grids; the map and the verdict. The structure of the model was chosen on a study"
    " that had seen most of the targets. Preset `eaat` is one set of that study, no member."
)
MK801 = (-3.5, -2.5, -1.61, -0.8, 0.0, 1.0)  # ln uM


def grid(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table and the empty line after it."""
    return [*table(header, rows), ""]


def progress(of: list[Judged]) -> list[str]:
    """Return how far the calibration came, first of all."""
    rule = cortex_targets.rule()
    lineages = len({member.lineage for member in of})
    enough = len(of) >= rule["fewest_members"] and lineages >= rule["fewest_lineages"]
    lines = [
        f"**{len(of)} members from {lineages} lineages** (wanted: at least {rule['fewest_members']:g} from"
        f" {rule['fewest_lineages']:g}). " + ("The ensemble is whole." if enough else "**The ensemble is not whole.**"),
        "The shipped map (`cortex/threshold_map.csv`, `cortex/count_map.csv`) and the verdict rest on it; the first model"
        " (preset `leao`, [cortex_first.md](cortex_first.md)) stays as a sensitivity, `tuttle2019` as a negative control.",
        "",
    ]
    if of:
        weight = cortex_members.weights(of)
        first = sum(w for member, w in zip(of, weight, strict=True) if not member.saturable)
        times = [member.named["uptake_time"] for member in of if not member.saturable] or [float("nan")]
        lines += [
            f"Effective members under the targets' weights: {blind_controls.effective(weight):.1f}. First-order uptake,"
            f" the old structure, earned a weight of {first:.2g} (of 0.5 before), with time constants of {min(times):.2g} to"
            f" {max(times):.2g} s where the first model has 3 to 48.",
            "",
        ]
    return lines


def searched() -> list[str]:
    """Return how far each lineage came."""
    rows = []
    for each in search_cortex.searches(search_cortex.LINEAGES):
        of = each.of
        whole = f"{each.best:.1f}" if each.best < NO_WHOLE else "none"
        rows.append(
            [str(of.number), "saturable" if of.saturable else "first order", f"{1e6 * of.capacity:.0f}",
             f"{1e9 * of.glutamate_rest:.0f}", f"{of.share:g}", str(len(each.runs)), whole, str(len(each.judged)),
             str(each.members)]
        )  # fmt: skip
    return grid(
        (
            *("lineage", "uptake", "capacity, uM/s", "glutamate at rest, nM", "share 2C and 2D", "evaluations"),
            *("best loss of the search", "judged in full", "members"),
        ),
        rows,
    )


def sets() -> list[str]:
    """Return every judged set, members or not."""
    judged = cortex_members.judged()
    of = [member for member in judged if member.stands]
    weight = dict(zip([member.key for member in of], cortex_members.weights(of), strict=True)) if of else {}
    blind = cortex_controls.judged_blind(of)[1] if of else np.zeros(0)
    largest = dict(zip([member.key for member in of], blind, strict=True))
    rows = []
    for each in sorted(judged, key=lambda member: member.key):
        worst = max(cortex_targets.misses(each.figures).items(), key=lambda item: item[1])[0] if each.figures else ""
        stands = f"{weight[each.key]:.3f}" if each.key in weight else "ruled out"
        both = f"{largest[each.key]:.1f}" if np.isfinite(largest.get(each.key, np.nan)) else ""
        rows.append(
            [f"{each.lineage}/{each.evaluation}", f"{each.loss:.1f}", f"{each.implausibility:.2f}", worst, stands, both,
             ", ".join(cortex_members.at_edge(each))]
        )  # fmt: skip
    return grid(
        (
            *("lineage/set", "loss", "largest miss", "of", "weight from the targets"),
            *("largest miss, held-out data too (R4)", "at the edge of the box"),
        ),
        rows,
    )


def targets(of: list[Judged]) -> list[str]:
    """Return the targets beside preset ``eaat`` and the members."""
    params, second = preset_table.numbers("eaat")
    if second is None:
        raise SystemExit("eaat is not of the second model")
    preset = cortex_targets.figures(cortex_targets.tissues(params, second, CA1))
    missed = cortex_targets.misses(preset)
    weight = cortex_members.weights(of) if of else np.zeros(0)
    rows = []
    for name, row in cortex_targets.table().items():
        values = np.array([member.figures[name] for member in of])
        spread, met = "", ""
        if of:
            inside = (values >= row["low"]) & (values <= row["high"])
            spread = f"{float(values @ weight):.3g} ({values.min():.3g} to {values.max():.3g})"
            met = f"{inside.sum()} of {len(of)}"
        single = f"{preset[name]:.3g}" + (f", missed by {missed[name]:.1f} sd" if missed[name] else "")
        window = f"{row['low']:g} to {row['high']:g}"
        rows.append([row["what"], window, spread, met, single, row["tier"], row["source"]])
    header = ("target", "window", "members: weighted mean (range)", "inside", "preset `eaat`", "tier", "source")
    return grid(header, rows)


def held_out(of: list[Judged]) -> list[str]:
    """Return the held-out data, each under weights without itself; R1 is checked here."""
    wanted = cortex_controls.held_out()["held"]
    both = sorted(set(wanted) & set(cortex_targets.targets()))
    if both:
        raise SystemExit(f"{', '.join(both)}: a target and held out")
    rows = cortex_controls.judged_blind(of)[0] if of else []
    known = {row.name: row for row in rows}
    table = []
    for name, row in wanted.items():
        if name in known:
            datum = known[name]
            table.append([row["what"], datum.wanted, datum.given, datum.status, str(datum.members)])
        else:
            status = "no number was found" if row["judged"] == "not found" else cortex_controls.NOT_RUN
            table.append([row["what"], "", "", status, ""])
        table[-1] += [row.get("looked_at", ""), row["source"]]
    header = ("held out", "wanted", "members (weighted mean ± spread)", "", "of members", "looked at before", "source")
    return grid(header, table)


def controls(of: list[Judged]) -> list[str]:
    """Return R1 to R6 with their power."""
    rows = [["R1", "no held-out datum is a target", cortex_controls.PASSED, "by name"]]
    outcome, about = cortex_controls.memantine_in_rats()
    name = "memantine in rats, 7.7 to 2.0 waves"
    if outcome is None:
        said = (
            f"{about.get('counted', 0):.0f} of {about.get('members', 0):.0f} members counted, none of them like a rat"
        )
        rows.append(["R2, R3", name, cortex_controls.NOT_RUN, said])
    else:
        rows.append(["R2, R3", name, outcome.status, cortex_controls.in_words(outcome, about)])
    if of:
        data, largest, whole = cortex_controls.judged_blind(of)
        count = [sum(row.status == state for row in data) for state in (cortex_controls.PASSED, cortex_controls.FAILED)]
        standing, known = int((largest <= blind_controls.IMPLAUSIBLE).sum()), int(np.isfinite(largest).sum())
        effective = blind_controls.effective(whole)
        status = cortex_controls.PASSED if standing else cortex_controls.FAILED
        said = f"{standing} of {known} computed" + ("" if standing else STRICTLY)
        rows.append(["R4", "members that neither targets nor held-out data rule out", status, said])
        rows.append(["R5", "held-out data, each under weights without itself", "", f"{count[0]} met, {count[1]} not"])
        status = cortex_controls.PASSED if blind_controls.may_judge(whole) else "verdict refused"
        rows.append(["R5", "at least five effective members for a verdict", status, f"{effective:.1f}"])
    status, negatives = cortex_controls.negative()
    said = ", ".join(f"{which} {value:.1f}" for which, value in negatives)
    rows.append(["R6", "`tuttle2019` and shuffled sets ruled out by the targets", status, said])
    return grid(("rule", "control", "", ""), rows)


def conflicts(of: list[Judged]) -> list[str]:
    """Return where data pull apart, with the trade-off curves."""
    runs = [run for each in search_cortex.searches(search_cortex.LINEAGES) for run in each.runs]
    bound = f"{cortex_conflicts.BOUND:g}"
    lines = [
        f"Best values among evaluations whose other figures have a loss of at most {bound}; the last column is their number.",
        "",
        "**Speed against relative refractoriness** (threshold 180 s after a wave over that before; 1.2 wanted):",
        "",
        *grid(
            ("speed, mm/min", "highest ratio", "sets"),
            [
                [a, b, str(n)]
                for a, b, n in cortex_conflicts.curve(runs, "speed_mm_per_min", SPEEDS, "guide_weak", True)
            ],
        ),
        "**Silence under MK-801 against a wave in CA1** (ln of the level in uM up to which a wave runs, -1.61 wanted;"
        " factor on persistent Na+ for a wave under 300 uM memantine over the set's, 1 wanted):",
        "",
        *grid(
            ("ln level of MK-801", "lowest factor", "sets"),
            [[a, b, str(n)] for a, b, n in cortex_conflicts.curve(runs, "guide_mk801", MK801, "guide_ca1", False)],
        ),
    ]
    if not of:
        return lines
    weight = cortex_members.weights(of)
    lines += [
        "**Half a pump**: members (by weight) that depolarise within 400 s with a share of both pumps left; block of NMDA"
        " receptors does not stop it in rats:",
        "",
        *grid(
            ("pumps left", "free", "full NMDA block"),
            cortex_conflicts.pumps([cortex_members.tissue(member) for member in of], weight),
        ),
        "**Amplitude under memantine**: reduced by half and more in rats (MacLean 2023); each member's ratio, with its loss:",
        "",
    ]
    by_name = cortex_controls.figures(of)
    order = np.argsort(by_name["memantine_amplitude"])
    rows = [
        [f"{of[k].lineage}/{of[k].evaluation}", f"{by_name['memantine_amplitude'][k]:.2f}",
         f"{by_name['memantine_duration'][k]:.2f}", f"{of[k].loss:.1f}"]
        for k in order if np.isfinite(by_name["memantine_amplitude"][k])
    ]  # fmt: skip
    return lines + grid(("lineage/set", "amplitude ratio", "duration ratio", "loss"), rows)


def main() -> None:
    """Write the page."""
    of = cortex_members.members()
    sections = {
        "How far it came": progress(of),
        "Search": [
            "Rule, committed before: `cortex_search_rule.md`. Every evaluation in `cortex_search.csv`, every set judged in"
            " full in `cortex_candidates.csv` (`validation/search_cortex.py`); it goes on where it stopped.",
            "",
            *searched(),
        ],
        "Sets judged in full": sets(),
        "Targets (80 um, 40 ms)": targets(of),
        "Read-outs under memantine": cortex_map_page.lines(of),
        "Held out": held_out(of),
        "Controls": [
            "Rules: `cortex_held_out.toml`, `cortex_controls_rule.md`, `cortex_map_rule.md`, committed before. `void`: its power does not let it"
            " count.",
            "",
            *controls(of),
        ],
        "Conflicts": conflicts(of),
        "Time of the map": cortex_map_page.time(),
    }
    page = Page("cortex", "Validation of the cortex", (ORDER,))
    lines = []
    for title, body in sections.items():
        lines += [f"## {title}", "", *body]
    page.write(page.text(*lines))


if __name__ == "__main__":
    main()
