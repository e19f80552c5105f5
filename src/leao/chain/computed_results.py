"""Results that no ledger holds, looked at like a number of one: controls, measures of a wave, sentences of claims.

Nothing of the verdict is computed from them, so that there is no range to put through it: what is said instead is what
they are, from which computation or source, what the verdict would say were a control otherwise, and which numbers of
the chain stand behind them, to be opened in their turn.

    controls.PRESET.PLACE              one control, by its place in ``leao cortex presets``
    wave.PRESET.MEASURE                one measure of ``leao cortex wave``, ``sheet`` or ``threshold``
    claims.ROW.says-K.PLACE            one number in what a source says of a claim; claims.ROW.model.PLACE of ours
    ledger.LEDGER.NAME                 one number of any ledger
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from leao.chain import computed_designs, fixed, quick, verdict
from leao.chain.computed_trials import listed
from leao.chain.preventives import control_status
from leao.chain.scenario import Scenario
from leao.core import bibliography, ledger
from leao.core.errors import ScenarioError
from leao.core.number_statement import BY_LEAO, entry, numbers_of, of_a_ledger, result
from leao.cortex import controls, preset_table, wave_words

STAGES = ("controls", "wave", "ledger")
MAP = "chain.threshold_relative"  # by which alone a tissue enters the verdict
RAT = ("events_vehicle", "events_memantine", "rat_free_memantine")
CITED = {"Peeters 2007": "peeters2007", "Marrannes 1988": "marrannes1988"}
HELD = re.compile(r"(.*) \(R5\)")
TIERS = {"seen": "measured", "remembered": "remembered"}


@cache
def behind() -> dict[str, Any]:
    """Return what animals showed, and the sources of the held-out data (``opened.toml``)."""
    return tomllib.loads((files("leao") / "chain" / "opened.toml").read_text("utf-8"))


def known(name: str) -> bool:
    """Return whether a name is of a result that this module looks at."""
    return name.partition(".")[0] in STAGES and "." in name


def number(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return what a result is.

    Raises:
        ScenarioError: no such control, measure or ledger.
    """
    stage, _, rest = name.partition(".")
    return {"controls": _control, "wave": _measure, "ledger": _of_a_ledger}[stage](scenario, rest)


def _control(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return one control: wanted, found, the source of what was wanted, and the verdict were it otherwise."""
    preset, _, place = name.rpartition(".")
    table = controls.shipped(preset) if preset in preset_table.names() else ()
    if not place.isdigit() or int(place) >= len(table):
        raise ScenarioError(f"number: found 'controls.{name}', wanted controls.PRESET.PLACE, such as controls.leao2.0")
    control = table[int(place)]
    data = _data(control)
    stated = entry(f"controls.{name}", f"control of {preset}: {control.name}", "", 0.0) | {
        "value": None,
        "words": control.found,
        "source": f"{BY_LEAO}, shipped with the package under the hash of what it was computed from",
        "where": f"leao cortex presets, {preset}",
        "note": data.get("looked_at", ""),
    }
    facts = [["Wanted", control.wanted], ["Status", control.status]]
    facts += [[f"Source of what is wanted ({TIERS[data['tier']]})", data["source"]]] if data else []
    facts += [["Source of what is wanted", text] for text in _cited(control.wanted)]
    rat = [f"ledger.cortex/controls.{key}" for key in RAT] if "7.7" in control.wanted else []
    return result(
        stated, facts=facts, otherwise=_otherwise(scenario, preset, int(place)), comes_from=listed((*rat, MAP)),
        no_range="No number of the verdict is computed from a control; how far it is trusted is:",
    )  # fmt: skip


def _data(control: controls.Control) -> Mapping[str, str]:
    held = behind()["held"]
    if match := HELD.fullmatch(control.name):
        return held.get(match[1].replace(" ", "_"), {})
    return held.get("memantine_rat_10", {}) if "R2" in control.name else {}


def _cited(text: str) -> list[str]:
    return [bibliography.reference(key) or key for words, key in CITED.items() if words in text]


def _otherwise(scenario: Scenario, preset: str, place: int) -> list[dict[str, str]]:
    """Return what the verdict says of its tests were one control otherwise; nothing where the preset carries none."""
    shipped = {name: [each._asdict() for each in controls.shipped(name)] for name in scenario.cortex.carry}
    if preset not in shipped:
        return []
    rows = []
    for status in ("passed", *verdict.WORST):
        table = [row | {"status": status} if k == place else row for k, row in enumerate(shipped[preset])]
        both = verdict.ends(shipped | {preset: table}, control_status())
        trust = "vouched for" if not both.failed else "shown, not vouched for"
        rows.append({"status": status, "says": verdict.tested(both), "numbers": trust})
    return rows


def _measure(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return one measure of a wave: how it is read, what animals showed, the numbers of the tissue behind it."""
    preset, _, key = name.rpartition(".")
    if preset not in preset_table.names() or key not in wave_words.MEASURES:
        measures = ", ".join(wave_words.MEASURES)
        raise ScenarioError(f"number: found 'wave.{name}', wanted wave.PRESET.MEASURE; measures: {measures}")
    measure, animals = wave_words.MEASURES[key], behind()["animals"].get(key)
    stated = entry(f"wave.{name}", measure.label, measure.unit, 0.0) | {
        "value": None,
        "source": f"{BY_LEAO}: {measure.command}, with the tissue, stimulus and drug above",
        "where": measure.how,
    }
    facts = []
    if animals is not None:
        low, high = animals["low"], animals["high"]
        said = f"{low:g} to {high:g} {measure.unit}: {animals['source']} ({TIERS[animals['tier']]})"
        facts.append(["In animals, without drug", said])
    return result(
        stated, facts=facts, comes_from=listed((MAP,)),
        behind=numbers_of(f"{preset_table.FOLDER}{preset}"),
        no_range="One wave enters no verdict: the verdict reads a shipped map of thresholds, whose range opens below.",
    )  # fmt: skip


def _of_a_ledger(scenario: Scenario, name: str) -> dict[str, Any]:
    """Return a number of any ledger; over its range where the chain draws it."""
    where, _, key = name.rpartition(".")
    stage = next((stage for stage, drawn in fixed.LEDGERS.items() if drawn == where), None)
    if stage is not None and key in ledger.read(where).numbers:
        return quick.verdict_over(scenario, f"{stage}.{key}")
    stated = of_a_ledger(name)
    if where in computed_designs.LEDGERS:
        return result(stated, no_range=computed_designs.IN_TRIALS)
    return result(
        stated, comes_from=listed((MAP,)),
        no_range="The quick chain does not draw it: it enters by the shipped map, whose range opens below.",
    )  # fmt: skip
