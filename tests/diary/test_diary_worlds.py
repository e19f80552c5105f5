"""What is written around the headache is a person's own: others, order and a drug without effect change nothing."""

import numpy as np
import pytest

from leao.core import ledger
from leao.core.random import Streams
from leao.diary import disability, patient_traits, process, symptoms
from leao.diary.options import DiaryOptions
from leao.diary.params import DiaryNumbers

pytestmark = pytest.mark.worlds

STREAMS, DAYS = Streams(12, "diary worlds"), 84
OPTIONS = [DiaryOptions(aura="mixed", missing_depends_on=kind) for kind in ("free_days", "bad_days", "nothing")]


def crowd(n, trials=range(2)):
    params = ledger.params(ledger.read("diary"), DiaryNumbers)
    uniforms = STREAMS.uniforms("people", trials, range(n), patient_traits.LUCK)
    return params, patient_traits.draw(params, -1.0, uniforms, np.stack([STREAMS.key("days", t) for t in trials]))


def everything(n, ratio=1.0, options=OPTIONS[0], shift=0.0):
    """All days, episodes and what goes with them, by (trial, subject)."""
    params, people = crowd(n)
    upstream = process.DiaryInput(np.full((2, n, DAYS), ratio), people, np.full((2, n), shift), 28)
    days = process.run(params, upstream, options)
    episodes = process.episodes(params, upstream, options)
    beside = symptoms.of_episodes(symptoms.numbers(), episodes, people, aura=True)
    who = symptoms.keys(people)
    flat = [days[name].reshape(-1, DAYS) for name in ("headache", "severity")]
    days["disability"] = disability.disability(symptoms.numbers(), who, *flat).reshape(2, n, DAYS)
    days["midas"] = disability.midas(symptoms.numbers(), who, *flat, window=1).reshape(2, n, 1)
    return days, episodes, beside


def of_person(episodes, beside, person):
    of_this_person = episodes[:, process.EPISODE.PERSON] == person
    return [episodes[of_this_person, 1:], *(np.asarray(part)[of_this_person] for part in beside)]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: o.missing_depends_on)
def test_one_more_person_changes_nobody_else(options):
    (few, episodes, beside), (more, episodes_more, beside_more) = (everything(n, options=options) for n in (15, 16))
    for name, value in few.items():
        np.testing.assert_array_equal(value, more[name][:, :15], err_msg=name)
    for trial, subject in ((0, 0), (0, 14), (1, 7)):
        person_alone = of_person(episodes, beside, trial * 15 + subject)
        other = of_person(episodes_more, beside_more, trial * 16 + subject)
        assert all(np.array_equal(a, b) for a, b in zip(person_alone, other, strict=True))


def test_a_ratio_of_one_is_placebo_with_all_that_goes_with_it():
    (placebo, episodes, beside), (drug, episodes_drug, beside_drug) = everything(12), everything(12, ratio=1.0)
    assert all(np.array_equal(value, drug[name]) for name, value in placebo.items())
    assert np.array_equal(episodes, episodes_drug)
    assert all(np.array_equal(a, b) for a, b in zip(beside, beside_drug, strict=True))


def test_thinning_keeps_what_went_with_the_attacks_that_stay():
    (_, full, of_full), (_, thin, of_thin) = everything(12), everything(12, ratio=0.6)
    E = process.EPISODE
    names = [E.PERSON, E.DAY, E.CANDIDATE, E.GENERATION]
    place = {tuple(line[names]): row for row, line in enumerate(full)}
    both = [(place[key], row) for row, line in enumerate(thin) if (key := tuple(line[names])) in place]
    assert len(both) > 50
    for row, other in both:
        assert of_full.nausea[row] == of_thin.nausea[other]
        assert of_full.drug[row] == of_thin.drug[other]
        assert full[row, E.SEVERITY] == thin[other, E.SEVERITY]


def test_menses_and_gaps_do_not_depend_on_the_placebo_response():
    (none, *_), (response, *_) = everything(12, options=OPTIONS[2]), everything(12, options=OPTIONS[2], shift=-1.0)
    assert np.array_equal(none["menses"], response["menses"])
    assert np.array_equal(none["missing"], response["missing"])
    for name in ("headache", "severity", "attacks"):
        assert np.array_equal(none[name][..., :28], response[name][..., :28])


def test_trials_of_the_same_people_differ():
    days, *_ = everything(12)
    assert not np.array_equal(days["headache"][0], days["headache"][1])
