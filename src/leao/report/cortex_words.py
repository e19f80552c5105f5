"""Answers of the experiments on cortex in words: one sentence each, and the rows of their tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leao.report.words import MINUS, NO_BREAK, NO_DATA, known, number

UNRESOLVED = 2.0  # tolerances by which two thresholds must differ
MEASURES = (
    ("speed", "speed_mm_per_min", "mm/min", 3),
    ("neurones depolarised", "duration_s", "s", 3),
    ("K⁺ outside, peak", "k_peak_mM", "mM", 3),
    ("glutamate outside, peak", "glutamate_peak_uM", "µM", 3),
    ("neurones, peak", "voltage_peak_mV", "mV", 3),
    ("DC shift", "dc_shift_mV", "mV", 3),
    ("DC half-width", "dc_half_width_s", "s", 3),
    ("extracellular space, least", "ecs_min_fraction", "of volume", 2),
    ("front reached", "reached_mm", "mm", 3),
)
LEAST = {"duration_s": "duration_is_least", "dc_half_width_s": "dc_half_width_is_least"}
STIMULI = {"kcl": "KCl", "glutamate": "glutamate", "pulse": "permeability", "charge": "charge"}
ANTAGONISTS = {"apv": "APV", "cp101606": "CP-101,606", "ro256981": "Ro 25-6981"}


def under(answer: Mapping[str, Any]) -> str:
    """Return what the tissue is under, in a few words; empty for nothing."""
    parts = []
    if answer.get("compound") and answer.get("concentration_uM"):
        parts.append(f"{answer['concentration_uM']:g} µM {answer['compound']}")
    if answer.get("antagonist"):
        antagonist = answer["antagonist"]
        name = ANTAGONISTS.get(antagonist["name"], antagonist["name"])
        parts.append(f"{name} ({antagonist['entered_as']}, {antagonist['block_percent']:g} % block)")
    return " and ".join(parts)


def conditions(answer: Mapping[str, Any]) -> str:
    """Return the tissue by name and its conditions, in a few words; empty for the preset as it is."""
    given = answer.get("conditions")
    if given is None:
        return ""
    parts = [given["tissue"]] if given.get("tissue") else []
    for key, name in (("oxygen", "oxygen"), ("pump_neurone", "neuronal pumps"), ("pump_glia", "glial pumps")):
        if given.get(key) is not None:
            parts.append(f"{name} at {100 * given[key]:g} %")
    return ", ".join(parts)


def wave(answer: Mapping[str, Any]) -> str:
    """Return the answer to ``leao cortex wave`` in one sentence."""
    what, control = under(answer), answer["control"]
    start = f"With {what}, " if what else ""
    if answer["starts_by_itself"]:
        return _upper(
            f"{start}the tissue depolarises by itself: no stimulus is needed, and none starts a travelling wave."
        )
    name = f"{STIMULI[answer['stimulus']]} stimulus"
    dose = f"{answer['strength']:.4g} {answer['strength_unit']}"
    if not answer["propagated"]:
        far = (
            f"the depolarisation came to {number(answer['reached_mm'], 2)} mm"
            if answer["reached_mm"]
            else "nothing outside the stimulated zone was depolarised"
        )
        without = ""
        if control:
            without = f"; without, {'it does' if control['propagated'] else 'it does not either'}"
        return _upper(f"{start}the {name} of {dose} starts no travelling wave: {far}{without}.")
    text = f"{start}a wave runs at {number(answer['speed_mm_per_min'], 3)} mm/min and holds neurones depolarised for"
    text += f" {_duration(answer)}"
    if control and control["propagated"]:
        text += (
            f"; without, {number(control['speed_mm_per_min'], 3)} mm/min and {_duration(control)}"
            f" (speed {change(answer, control, 'speed_mm_per_min')}, duration {_longer(answer, control)})"
        )
    if answer["second_wave"] is not None:
        outcome = "starts a second wave" if answer["second_wave"] else "starts no second wave"
        text += f"; the second stimulus at {answer['second_s']:g} s {outcome}"
    return _upper(text + ".")


def change(answer: Mapping[str, Any], control: Mapping[str, Any], key: str) -> str:
    """Return how much ``key`` differs from the control, in per cent with its sign."""
    if not (known(answer[key]) and known(control[key]) and control[key]):
        return NO_DATA
    return f"{number(100 * (answer[key] / control[key] - 1), 2, sign=True)}{NO_BREAK}%"


def _duration(answer: Mapping[str, Any]) -> str:
    return f"{'at least ' * bool(answer['duration_is_least'])}{number(answer['duration_s'], 3)} s"


def _longer(answer: Mapping[str, Any], control: Mapping[str, Any]) -> str:
    if answer["duration_is_least"] or control["duration_is_least"]:
        return "not known, the run was too short for it"
    return change(answer, control, "duration_s")


def _least(answer: Mapping[str, Any], key: str) -> str:
    return "≥ " if key in LEAST and answer[LEAST[key]] else ""


def wave_rows(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a wave's measures, the control beside it where there is one."""
    control = answer["control"]
    both = [answer, *([control] if control else [])]
    header = ["", *(["with", "without"] if control else ["found"]), ""]
    rows = [
        [label, *(_least(each, key) + number(each[key], digits) for each in both), unit]
        for label, key, unit, digits in MEASURES
    ]
    limit = answer.get("speed_converged")
    if limit:
        rows.insert(
            1,
            [
                "speed, converged",
                number(limit["speed_mm_per_min"], 3),
                *([""] if control else []),
                f"mm/min, from 20 and 10 µm, order {limit['order']}; this grid"
                f" {number(limit['usual_error_percent'], 2, sign=True)} %",
            ],
        )
    error = answer["speed_spatial_error_percent"]
    if known(error):
        rows.insert(
            1,
            [
                "grid error of the speed",
                f"{number(error, 2, sign=True)} %",
                *([""] if control else []),
                "on nodes twice as long",
            ],
        )
    return header, rows


def threshold(answer: Mapping[str, Any]) -> str:
    """Return the answer to ``leao cortex threshold`` in one sentence."""
    kind, unit = STIMULI[answer["stimulus"]], answer["threshold_unit"]
    control = answer["threshold_control"]
    if control is None:
        return f"No {kind} stimulus up to {number(answer['limit'], 3)} {unit} starts a wave, even without drug."
    if control == 0.0:
        return "The tissue starts by itself: a wave begins without any stimulus, so that there is no threshold."
    base = f"Without drug {number(control, 4)} {unit} of {kind} start a wave"
    pairs = list(zip(answer["free_uM"], answer["threshold_relative"], strict=True))
    fixed = under(answer)  # the antagonist, the same at all levels
    raised = [(level, pair) for level, pair in pairs if pair is not None and (level > 0 or fixed)]
    parts = []
    if raised:
        names = {
            level: " with ".join(part for part in (f"{level:g} µM" * (level > 0), fixed) if part) for level, _ in raised
        }
        ends = dict.fromkeys((min(raised), max(raised)))
        parts = [f"{names[level]} raises that by {_rise(pair, answer)}" for level, pair in ends]
    failed = [level for level, pair in pairs if pair is None]
    if failed:
        most = f"{number(answer['limit'], 3)} {unit}"
        parts.append(f"from {min(failed):g} µM on nothing up to {most} starts a wave")
    return "; ".join([base, *parts]) + "."


def threshold_rows(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a dose-threshold curve."""
    header = ["free, µM", f"threshold, {answer['threshold_unit']}", "rise", "block at −66 mV", "at −20 mV"]
    rows = []
    columns = (answer["free_uM"], answer["threshold"], answer["threshold_relative"], answer["block_percent"])
    for level, item, relative, block in zip(*columns, strict=True):
        risen = "no wave" if item is None else "starts by itself" if item == 0.0 else _rise(relative, answer)
        shares = [f"{number(share, 2)} %" for share in block.values()]
        rows.append([f"{level:g}", "none ignites" if item is None else number(item, 4), risen, *shares])
    return header, rows


def _rise(relative: float | None, answer: Mapping[str, Any]) -> str:
    if relative is None:
        return NO_DATA
    least = 100 * UNRESOLVED * answer["tolerance_relative"]
    percent = 100 * (relative - 1)
    return f"{number(percent, 2)} %" if abs(percent) >= least else f"less than {number(least, 1)} %"


def kcl(answer: Mapping[str, Any]) -> str:
    """Return the answer to ``leao cortex kcl`` in one sentence."""
    what = under(answer)
    text = f"{_counted(answer)} waves in {answer['minutes']:g} minutes"
    if what:
        text += f" with {what}, {_counted(answer['control'])} without"
    text += f" (mean ± standard error over {len(answer['strengths'])} strengths of the bath)"
    if not answer["judged"]:
        text += "; below 30 % block counts are erratic in this class of model and decide nothing"
    return text + "."


def kcl_rows(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the waves under continuous KCl."""
    both = [answer, *([answer["control"]] if answer["control"] else [])]
    header = ["", *(["with", "without"] if answer["control"] else ["found"]), ""]
    rows = [["waves", *(_counted(each) for each in both), f"in {answer['minutes']:g} min"]]
    later = [number(each["after_onset"]["mean"], 2) for each in both]
    rows.append(["after the onset wave", *later, "of them"])
    expected = answer.get("expectation")
    if expected:
        pair = [expected["waves"], *([expected["control"]] if expected["control"] else [])]
        means = [f"{number(each['mean'], 3)} ± {number(each['se'], 2)}" for each in pair]
        ratio = "" if expected["ratio"] is None else f", × {number(expected['ratio'], 2)}"
        rows.append([f"expectation, {expected['lines']} lines", *means, f"onset wave included{ratio}"])
    for label, key, unit in (
        ("amplitude", "amplitude_mV", "mV, negative DC shift"),
        ("duration", "duration_s", "s"),
        ("speed", "speed_mm_per_min", "mm/min"),
    ):
        rows.append([label, *(number(each[key], 3) for each in both), unit])
    return header, rows


def refractory(answer: Mapping[str, Mapping[str, Any]] | None) -> list[list[str]]:
    """Return the rows of the refractory times: which, how long, how found."""
    rows = []
    for name, each in answer.items() if answer is not None else ():
        text = f"{number(each['interval_s'], 3)} ± {number(each['tolerance_s'] / 2, 1)} s"
        if each["interval_s"] is None:
            text = "no wave" if each["strength"] is None else "not answered up to the longest interval tried"
        later = ", ".join(number(s, 3) for s in each["refused_later_s"])
        rows.append([f"{name} refractory time", text, f"refused again at {later} s" if later else ""])
    return rows


def _counted(answer: Mapping[str, Any]) -> str:
    return f"{number(answer['waves']['mean'], 3)} ± {number(answer['waves']['se'], 2)}"


def _upper(text: str) -> str:
    return text[0].upper() + text[1:] if text[0] != MINUS else text


def phase(answer: Mapping[str, Any]) -> str:
    """Return the answer to ``leao cortex phase`` in one sentence."""
    if answer["starts_by_itself"]:
        return "The node does not rest: it depolarises without any stimulus."
    added, distance = answer["threshold"], answer["fold_distance"]
    what = under(answer)
    text = (
        f"{f'With {what}, the' if what else 'The'} node rests at {number(answer['resting']['potassium_mM'], 2)} mM K⁺"
    )
    if known(distance["potassium_mM"]):
        text += f" and loses its rest {number(distance['potassium_mM'], 3)} mM above that"
    if known(added["potassium_mM"]):
        text += f"; {number(added['potassium_mM'], 3)} mM of KCl added at once depolarise it"
    if known(added["glutamate_uM"]):
        text += f", or {number(added['glutamate_uM'], 3)} µM of glutamate"
    return text + ("; steady KCl makes it cycle." if answer["limit_cycle"] else "; steady KCl does not make it cycle.")


def phase_rows(answer: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the node's portrait."""
    rows = [
        [
            "resting voltage" if point["stable"] else "border of its basin",
            f"{number(point['voltage_mV'], 3)} mV",
            "stable" if point["stable"] else "unstable",
        ]
        for point in answer["resting"]["points"]
    ]
    for label, key in (("fold, ions frozen", "fold"), ("distance to it", "fold_distance"), ("threshold", "threshold")):
        level = answer[key]
        if key != "threshold" and not known(level["potassium_mM"]) and not known(level["glutamate_uM"]):
            rows.append([label, "none", "the voltage rises without a leap"])
            continue
        rows.append(
            [label, f"{number(level['potassium_mM'], 3)} mM K⁺", f"{number(level['glutamate_uM'], 3)} µM glutamate"]
        )
    for each in answer["cycles"]:
        if each["depolarisations"]:
            period = f"every {number(each['period_s'], 3)} s" if known(each["period_s"]) else "not steady"
            count = f"{each['depolarisations']} depolarisations in an hour"
            rows.append([f"steady KCl x {number(each['strength'], 2)}", count, period])
    return ["", "K⁺, or voltage", "glutamate, or kind"], rows
