"""Every number that can move the verdict has words of its own."""

from leao import pipeline
from leao.answers.moved import LABELS, OWN


def test_labels_and_numbers_are_the_same_set():
    assert LABELS.keys() == pipeline.uncertain_numbers().keys() | OWN.keys()
