"""Write docs/validation/headache.md: published figures of headache and tolerability beside the model."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

import leao
from leao.chain import answer_attack, answer_trial
from leao.chain import provoke as provocation
from leao.core import ledger
from leao.core.random import Streams
from leao.diary import adverse_events, labels
from leao.headache import acute_medicine
from leao.headache.options import HeadacheOptions
from leao.headache.params import Function
from leao.trial import completers
from validation.page import MISSED, NO_DATA, Page, Row, cells, entries, table

PAGE = Page(
    "headache",
    "Validation of headache and tolerability",
    (
        "Published figures beside the model, written by `validation/headache_page.py` from `headache.toml`.",
        "`input`: the model was given the figure, so that meeting it proves nothing; an input may be missed where two",
        "sources contradict each other. `no data`: nothing was found. A missed figure is a finding, not a call for",
        "tuning. Attacks and days of the diary come from the simulated trial of noruzzadeh2016.",
    ),
)
HEADER = ("of", "figure", "published", "model", "", "role", "source", "note")
SLACK = 1e-2  # relative; a printed figure is rounded
ATTACKS, PEOPLE, TRIALS = 20_000, 20_000, 60
STREAMS = Streams(1, "validation")
SC_FREE, PLACEBO_FREE, NNT_50 = 0.59, 0.11, 6.1  # cd009665; cd008615, the placebo remembered
GRADES = (6.0, 11.0, 21.0)  # MIDAS from which grades II, III and IV begin (stewart2000)
ATTACKS_PLACEBO, ATTACKS_MEMANTINE = 5.07, 2.57  # per 4 weeks at week 24, shanmugam2019: inputs of those rows
MONTHS_RECALLED = 3  # of MIDAS


class Figures:
    """The model's side of the rows: each method is named in a row's ``model``; central values, a fixed seed."""

    @cached_property
    def waves(self) -> dict[str, Any]:
        """Return attacks that a wave nobody sees begins."""
        return self._attacks(is_wave=True, is_aura=False)

    @cached_property
    def auras(self) -> dict[str, Any]:
        """Return attacks with aura."""
        return self._attacks(is_wave=True, is_aura=True)

    @cached_property
    def plain(self) -> dict[str, Any]:
        """Return attacks without a wave."""
        return self._attacks(is_wave=False, is_aura=False)

    @cached_property
    def people(self) -> dict[str, dict[str, Any]]:
        """Return provoked patients and controls."""
        asked = {
            population: provocation.ProvocationRequest(0.5, 20.0, population, None, None, None, frozenset(), 1, PEOPLE)
            for population in ("patients", "without_aura", "with_aura", "controls")
        }
        return {population: provocation.provocation(request) for population, request in asked.items()}

    @cached_property
    def policies(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return what each policy gives in each arm."""
        table = leao.compare_policies(leao.load("noruzzadeh2016"), trials=TRIALS)
        return {(row["policy"], row["arm"]): row for row in table}

    @cached_property
    def trial(self) -> dict[str, np.ndarray]:
        """Return the patients of the simulated trial of noruzzadeh2016."""
        scenario = leao.load("noruzzadeh2016")
        rows, _ = completers.chunk(answer_trial.run_request(scenario).setting, range(TRIALS))
        return {name: values[rows["completed"]] for name, values in rows.items()}

    def nociceptor(self) -> float:
        """Return per cent."""
        return 100 * self.waves["nociceptor"].mean()

    def late(self) -> float:
        """Return per cent of the activated."""
        return 100 * np.mean(self.waves["nociceptor_start"][self.waves["nociceptor"]] > 0)

    def delay(self) -> float:
        """Return min."""
        start = self.waves["nociceptor_start"]
        return 60 * float(np.median(start[start > 0]))

    def firing(self) -> float:
        """Return min."""
        return 60 * float(np.nanmean(self.waves["firing"]))

    def follows(self) -> float:
        """Return per cent."""
        return 100 * self.auras["headache"].mean()

    def before_end(self) -> float:
        """Return per cent of headaches."""
        return self._share(self.auras["onset"] <= self.auras["aura_length"], self.auras)

    def within_quarter(self) -> float:
        """Return per cent of headaches."""
        return self._share(np.abs(self.auras["onset"]) <= 0.25, self.auras)

    def rat_before(self) -> float:
        """Return per cent, were the rat's delays those of people with aura."""
        return self._share(self.waves["onset"] < 0, self.waves)

    def rat_at_start(self) -> float:
        """Return per cent."""
        return self._share(self.waves["onset"] == 0, self.waves)

    def rat_during(self) -> float:
        """Return per cent: after the wave's onset, before the aura's end."""
        onset = self.waves["onset"]
        return self._share((onset > 0) & (onset <= self.auras["aura_length"]), self.waves)

    def rat_after(self) -> float:
        """Return per cent."""
        return self._share(self.waves["onset"] > self.auras["aura_length"], self.waves)

    def immediate_patients(self) -> float:
        """Return per cent."""
        return self.people["patients"]["immediate_headache_percent"]

    def immediate_controls(self) -> float:
        """Return per cent."""
        return self.people["controls"]["immediate_headache_percent"]

    def migraine_patients(self) -> float:
        """Return per cent."""
        return self.people["patients"]["delayed_migraine_percent"]

    def migraine_controls(self) -> float:
        """Return per cent."""
        return self.people["controls"]["delayed_migraine_percent"]

    def latency_median(self) -> float:
        """Return the median over people and what is not known, h."""
        return self.people["patients"]["latency_h"]["median"]

    def peak_median(self) -> float:
        """Return the median of the worst pain over people and what is not known, h."""
        return self.people["patients"]["peak_h"]["median"]

    def provoked_without_aura(self) -> float:
        """Return per cent of patients without aura."""
        return self.people["without_aura"]["delayed_migraine_percent"]

    def provoked_with_aura(self) -> float:
        """Return per cent of patients with aura."""
        return self.people["with_aura"]["delayed_migraine_percent"]

    def early_migraine(self) -> float:
        """Return per cent of people with migraine within 4.5 h."""
        patients = self.people["patients"]
        return float(np.interp(4.5, patients["times_h"], patients["cumulative_percent"]))

    def provoked_wave(self) -> float:
        """Return per cent of provoked attacks."""
        return self.people["patients"]["with_wave_percent"]

    def pons(self) -> float:
        """Return per cent of provoked migraines: all of them, as modelled."""
        patients = self.people["patients"]
        return 100 * patients["brainstem_activation"]["percent"] / patients["delayed_migraine_percent"]

    def free_nsaid(self) -> float:
        """Return per cent."""
        return 100 * self._treated(acute_medicine.NSAID)["free_2h"].mean()

    def free_placebo(self) -> float:
        """Return per cent."""
        return 100 * self._treated(acute_medicine.PLACEBO)["free_2h"].mean()

    def triptan_gain(self) -> float:
        """Return percentage points."""
        return 100 * (self._treated(acute_medicine.TRIPTAN)["free_2h"].mean() - PLACEBO_FREE)

    def back_triptan(self) -> float:
        """Return per cent of the pain-free."""
        treated = self._treated(acute_medicine.TRIPTAN)
        return 100 * treated["back_24h"][treated["free_2h"]].mean()

    def sustained_50(self) -> float:
        """Return the number needed to treat."""
        numbers = answer_attack.central().acute
        free = PLACEBO_FREE + 1.0 / NNT_50
        gain = free * (1.0 - numbers.back_triptan) - PLACEBO_FREE * (1.0 - numbers.back_placebo)
        return 1.0 / gain

    def sustained_sc(self) -> float:
        """Return per cent."""
        return SC_FREE * (100 - self.back_triptan())

    def treated_length(self) -> float:
        """Return mean hours of pain with the medicine of a diary."""
        return float(self.plain["pain_hours"].mean())

    def untreated_median(self) -> float:
        """Return h."""
        return float(np.median(self.plain["length"]))

    def untreated_beyond(self) -> float:
        """Return per cent."""
        length = self.plain["length"]
        return 100 * float(np.mean((length < 4) | (length > 72)))

    def severe(self) -> float:
        """Return per cent."""
        return 100 * float(np.mean(self.plain["severity"] == 3))

    def dizziness(self) -> float:
        """Return per cent of people on the label's dose for the label's time."""
        return self._label("dizziness", 1.0)

    def dizziness_placebo(self) -> float:
        """Return per cent of people on placebo for the label's time."""
        return self._label("dizziness", 0.0)

    def any_fixed_10(self) -> float:
        """Return per cent."""
        return self.policies["fixed_10", "memantine"]["any_adverse_event_percent"]

    def any_fixed_20(self) -> float:
        """Return per cent."""
        return self.policies["fixed_20", "memantine"]["any_adverse_event_percent"]

    def any_titrated(self) -> float:
        """Return per cent."""
        return self.policies["titrated", "memantine"]["any_adverse_event_percent"]

    def any_placebo(self) -> float:
        """Return per cent."""
        return self.policies["fixed_10", "placebo"]["any_adverse_event_percent"]

    def left_fixed_20(self) -> float:
        """Return per cent."""
        return self.policies["fixed_20", "memantine"]["left_intolerant_percent"]

    def left_titrated(self) -> float:
        """Return per cent."""
        return self.policies["titrated", "memantine"]["left_intolerant_percent"]

    def rescue_placebo(self) -> float:
        """Return days with medicine per 28, given the trial's attacks."""
        return ATTACKS_PLACEBO * self._per_attack("rescue_days")

    def rescue_memantine(self) -> float:
        """Return days with medicine per 28, given the trial's attacks."""
        return ATTACKS_MEMANTINE * self._per_attack("rescue_days")

    def rescue_ratio(self) -> float:
        """Return drug over placebo."""
        return self.rescue_memantine() / self.rescue_placebo()

    def midas_placebo(self) -> float:
        """Return points, given the trial's attacks."""
        return float(answer_attack.points(np.asarray(ATTACKS_PLACEBO * self._per_attack("migraine_days"))))

    def midas_memantine(self) -> float:
        """Return points, given the trial's attacks."""
        return float(answer_attack.points(np.asarray(ATTACKS_MEMANTINE * self._per_attack("migraine_days"))))

    def rescue_per_attack(self) -> float:
        """Return days with medicine per attack, the same with and without drug."""
        return self._per_attack("rescue_days")

    def midas_placebo_monthly(self) -> float:
        """Return points of one of the three months, given the trial's attacks."""
        return self.midas_placebo() / MONTHS_RECALLED

    def midas_memantine_monthly(self) -> float:
        """Return points of one of the three months, given the trial's attacks."""
        return self.midas_memantine() / MONTHS_RECALLED

    def midas_ratio(self) -> float:
        """Return drug over placebo."""
        return self.midas_memantine() / self.midas_placebo()

    def midas_slope(self) -> float:
        """Return points per migraine day of three months."""
        return ledger.params(ledger.read("headache/function"), Function).midas_per_migraine_day

    def grades_placebo(self) -> float:
        """Return per cent of patients two grades better or more."""
        return self._grades(0)

    def grades_memantine(self) -> float:
        """Return per cent of patients two grades better or more."""
        return self._grades(1)

    def value(self, name: str) -> float:
        """Return the figure called ``name``."""
        return float(getattr(self, name)())

    def _attacks(self, *, is_wave: bool, is_aura: bool) -> dict[str, Any]:
        wave, aura = np.full(ATTACKS, is_wave), np.full(ATTACKS, is_aura)
        return self._live(answer_attack.AttackOnsets(wave, aura, 1.0, 0.0), None)

    def _treated(self, medicine: int) -> dict[str, Any]:
        never = np.zeros(ATTACKS, dtype=bool)
        return self._live(answer_attack.AttackOnsets(never, never, 1.0, 0.0), medicine)

    def _live(self, begun: answer_attack.AttackOnsets, medicine: int | None) -> dict[str, Any]:
        options = HeadacheOptions.model_validate({})
        return answer_attack.live(answer_attack.central(), begun, options, medicine, STREAMS)

    def _share(self, hit: np.ndarray, attacks: dict[str, Any]) -> float:
        return 100 * float(hit[attacks["headache"]].mean())

    def _label(self, event: str, of_dose: float) -> float:
        params, table = (
            ledger.params(ledger.read("tolerability"), adverse_events.AdverseEventNumbers),
            labels.simulated(),
        )
        kinds, days = len(table.events), int(params.label_time)
        dose = np.full((1, PEOPLE, days), of_dose * params.label_dose)
        uniforms = STREAMS.uniforms("label", range(1), range(PEOPLE), kinds * adverse_events.LUCK)
        events = adverse_events.run(params, table, dose, 0, uniforms.reshape(1, PEOPLE, kinds, adverse_events.LUCK))
        happened = np.any(np.asarray(events.onset) < days, axis=-1)
        return 100 * float(happened[..., table.events.index(event)].mean())

    def _per_attack(self, name: str) -> float:
        """Return days per attack in the last 28 days of the placebo arm."""
        placebo = self.trial["arm"] == 0
        return float(np.nanmean(self.trial[f"end_{name}"][placebo]) / np.nanmean(self.trial["end_attacks"][placebo]))

    def _grades(self, arm: int) -> float:
        in_arm = self.trial["arm"] == arm
        before, after = (
            np.digitize(answer_attack.points(self.trial[f"{phase}_migraine_days"][in_arm]), GRADES)
            for phase in ("baseline", "end")
        )
        return 100 * float(np.mean(before - after >= 2))


def rows() -> list[dict[str, Any]]:
    """Return the published figures."""
    return entries("headache")


def line(entry: dict[str, Any], value: float | None) -> str:
    """Return one row of the page; a row without ``low`` has no published figure, one without ``model`` no answer."""
    row = Row.of(entry)
    unit = "" if row.unit == "1" else f" {row.unit}"
    shown = NO_DATA if value is None else f"{value:.3g}{unit}"
    if row.low is None:
        return cells(entry["area"], row.what, NO_DATA, shown, NO_DATA, "", row.source, row.note)
    published, met = f"{row.published}{unit}", row.judged(value, SLACK)
    return cells(entry["area"], row.what, published, shown, met, row.role, row.source, row.note)


def page() -> str:
    """Return the whole page."""
    figures = Figures()
    scored = [(row, figures.value(row["model"]) if "model" in row else None) for row in rows()]
    return PAGE.text(*table(HEADER), *(line(row, value) for row, value in scored), "", _tally(scored))


def _tally(scored: list[tuple[dict[str, Any], float | None]]) -> str:
    tests = [line(row, value) for row, value in scored if "low" in row and not row["input"]]
    met = sum(MISSED not in text for text in tests)
    inputs = sum(bool(row.get("input")) for row, _ in scored)
    nothing = sum("low" not in row for row, _ in scored)
    return f"Of {len(tests)} figures that the model was not given, {met} are met; {inputs} inputs; {nothing} no data."


if __name__ == "__main__":
    print(PAGE.write(page()))
