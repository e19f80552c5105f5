"""What goes with a headache, episode by episode: symptoms, aura, acute medicine and when, work lost.

Reads: the episodes of ``process.episodes`` and their people; daily ``rescue`` decides whether medicine was taken.
Equation: a symptom is there if sqrt(s) z_person + sqrt(1 - s) z_episode + d (peak - 2) exceeds its threshold (probit);
a migraine episode has nausea, or light and sound (ICHD-3 1.1 D). Medicine is taken when the pain first reaches the
category at which people dose. Every draw is keyed by person and episode: whoever else takes part changes nothing.
Source: ledger ``symptoms``. Nothing here acts back on the attacks, so it is drawn only where asked for.
"""

from functools import cache
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from leao.core import ledger
from leao.diary.kernels import hazard
from leao.diary.patient_traits import Population
from leao.diary.process import EPISODE

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

CLASSES = ("triptan", "nsaid", "paracetamol", "opioid")  # written in the diary, in rules.ACUTE_CLASSES
_TRAITS, _MORE_TRAITS, _BODY, _DRUG = 1010, 1011, 3001, 4001  # blocks of counters; episodes' generations are added
_MODERATE = 2.0


class SymptomNumbers(NamedTuple):
    """Numbers of the symptoms; meanings and sources stand in ledger ``symptoms``."""

    nausea: Annotated[float, "dimensionless"]
    photophobia: Annotated[float, "dimensionless"]
    phonophobia: Annotated[float, "dimensionless"]
    symptom_patient_share: Annotated[float, "dimensionless"]
    symptom_severity: Annotated[float, "dimensionless"]
    other_symptom: Annotated[float, "dimensionless"]
    aura_people: Annotated[float, "dimensionless"]
    aura_attacks: Annotated[float, "dimensionless"]
    aura_minutes: Annotated[float, "minute"]
    aura_spread: Annotated[float, "dimensionless"]
    class_specific: Annotated[float, "dimensionless"]
    class_simple: Annotated[float, "dimensionless"]
    class_loyalty: Annotated[float, "dimensionless"]
    nsaid_share: Annotated[float, "dimensionless"]
    dose_mild: Annotated[float, "dimensionless"]
    dose_moderate: Annotated[float, "dimensionless"]
    dose_severe: Annotated[float, "dimensionless"]
    points_mild: Annotated[float, "dimensionless"]
    points_moderate: Annotated[float, "dimensionless"]
    points_severe: Annotated[float, "dimensionless"]
    midas_power: Annotated[float, "dimensionless"]
    midas_reference: Annotated[float, "dimensionless"]
    midas_spread: Annotated[float, "dimensionless"]
    midas_zero: Annotated[float, "dimensionless"]
    midas_days: Annotated[float, "day"]
    hit6_base: Annotated[float, "dimensionless"]
    hit6_across: Annotated[float, "dimensionless"]
    hit6_within: Annotated[float, "dimensionless"]
    hit6_between: Annotated[float, "dimensionless"]
    hit6_noise: Annotated[float, "dimensionless"]
    hit6_low: Annotated[float, "dimensionless"]
    hit6_high: Annotated[float, "dimensionless"]
    unable_mild: Annotated[float, "dimensionless"]
    unable_moderate: Annotated[float, "dimensionless"]
    unable_severe: Annotated[float, "dimensionless"]
    half_moderate: Annotated[float, "dimensionless"]


class Symptoms(NamedTuple):
    """What goes with each episode, (episode,)."""

    nausea: Flags
    photophobia: Flags
    phonophobia: Flags
    aura_minutes: Array  # 0 without aura
    drug: NDArray[np.intp]  # place in CLASSES, if medicine is taken
    drug_hour: Array  # hours from the diary's first midnight

    def of(self, which: Flags) -> "Symptoms":
        """Return those of the episodes ``which``."""
        return Symptoms(
            nausea=self.nausea[which],
            photophobia=self.photophobia[which],
            phonophobia=self.phonophobia[which],
            aura_minutes=self.aura_minutes[which],
            drug=self.drug[which],
            drug_hour=self.drug_hour[which],
        )


class Keys(NamedTuple):
    """What tells people's draws apart, flattened over trials: (person, 2) and (person,)."""

    key: NDArray[np.uint32]
    identity: NDArray[np.uint32]


@cache
def numbers() -> SymptomNumbers:
    """Return the central values of ledger ``symptoms``."""
    return ledger.params(ledger.read("symptoms"), SymptomNumbers)


def keys(people: Population) -> Keys:
    """Return the keys of people (trial, subject), flattened."""
    shape = people.identity.shape
    key = np.broadcast_to(people.key[:, None, :], (*shape, 2)).reshape(-1, 2)
    return Keys(np.array(key), np.array(people.identity).reshape(-1))  # copies: a kernel is compiled apart for views


def traits(who: Keys, more: bool = False) -> Array:
    """Return four U(0, 1) per person, (person, 4): their own in all they ever write."""
    zero = np.zeros(who.identity.size, dtype=np.int64)
    return hazard.draws(who.key, who.identity, zero, zero, zero + (_MORE_TRAITS if more else _TRAITS))


def of_episodes(params: SymptomNumbers, episodes: Array, people: Population, aura: bool) -> Symptoms:
    """Return what goes with each of ``episodes`` (episode, LOG), whose first column points into ``people``.

    Args:
        params: from ``numbers()``.
        episodes: lines of ``process.episodes``.
        people: who has them, (trial, subject).
        aura: whether there are people with aura among them.
    """
    who = keys(people)
    row = episodes[:, EPISODE.PERSON].astype(np.intp)
    patient_share, more = traits(who)[row], traits(who, more=True)[row]
    body, drug = (_drawn(who, row, episodes, block) for block in (_BODY, _DRUG))
    migraine = episodes[:, EPISODE.MIGRAINE] == 1
    worse = params.symptom_severity * (episodes[:, EPISODE.SEVERITY] - _MODERATE)
    wanted = (params.nausea, params.photophobia, params.phonophobia)
    there = [_is_there(params, share, patient_share[:, k], body[:, k], worse) for k, share in enumerate(wanted)]
    nausea, light, sound = _as_the_criteria_ask(params, migraine, there, body)
    kind, hour = _medicine(params, episodes, more, drug)
    return Symptoms(nausea, light, sound, _aura(params, migraine & aura, patient_share[:, 3], body[:, 3]), kind, hour)


def _drawn(who: Keys, row: NDArray[np.intp], episodes: Array, block: int) -> Array:
    day, candidate, generation = (episodes[:, k].astype(np.int64) for k in EPISODE.ORIGIN)
    return hazard.draws(who.key[row], who.identity[row], day, candidate, generation + block)


def _is_there(params: SymptomNumbers, share: float, person: Array, episode: Array, worse: Array) -> Flags:
    """Return where a symptom of this share is there; the share holds at moderate pain."""
    share_of_person = params.symptom_patient_share
    latent = np.sqrt(share_of_person) * ndtri(person) + np.sqrt(1.0 - share_of_person) * ndtri(episode)
    return latent + worse > -ndtri(share)


def _as_the_criteria_ask(params: SymptomNumbers, migraine: Flags, there: list[Flags], uniforms: Array) -> list[Flags]:
    nausea, light, sound = there
    lacking = migraine & ~nausea & ~(light & sound)
    one_of = uniforms[:, 0] < params.other_symptom, uniforms[:, 0] > 1.0 - params.other_symptom
    return [
        nausea & migraine,
        np.where(migraine, light | lacking, one_of[0]),
        np.where(migraine, sound | lacking, one_of[1]),
    ]


def _aura(params: SymptomNumbers, possible: Flags, person: Array, episode: Array) -> Array:
    """Return the minutes of aura; one uniform decides whether, and, if so, how long."""
    prone = person < params.aura_people
    has = possible & prone & (episode < params.aura_attacks)
    place = np.clip(episode / params.aura_attacks, 1e-9, 1.0 - 1e-9)
    return np.where(has, params.aura_minutes * np.exp(params.aura_spread * ndtri(place)), 0.0)


def _medicine(
    params: SymptomNumbers, episodes: Array, person: Array, uniforms: Array
) -> tuple[NDArray[np.intp], Array]:
    """Return class and hour of the first dose of each episode."""
    chance = np.where(uniforms[:, 0] < params.class_loyalty, person[:, 0], uniforms[:, 1])
    simple = params.class_simple * np.array([params.nsaid_share, 1.0 - params.nsaid_share])
    kind = np.searchsorted(np.cumsum([params.class_specific, *simple]), chance)
    peak = episodes[:, EPISODE.SEVERITY]
    dose = np.cumsum([params.dose_mild, params.dose_moderate, params.dose_severe])
    reach = uniforms[:, 2] * dose[peak.astype(np.intp) - 1]  # nobody doses at a pain that never comes
    level = 1 + np.searchsorted(dose[:2], reach)
    start, rise = episodes[:, EPISODE.START], episodes[:, EPISODE.PEAK_FROM]
    begins = np.where(level >= peak, rise, start + np.where(level > 1, 0.5, 0.0) * (rise - start))
    return kind, begins
