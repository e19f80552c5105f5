"""The numbers in the words of a verdict, each with the name under which it opens (``leao.chain.computed``)."""

from __future__ import annotations

import re

from leao.evidence.claim_numbers import Part

CONTROLS, CHAIN, TRIALS, HALF = "controls", "chain.fewer_percent", "trials.fewer_percent", "verdict.p_at_least_half"
RAT = "rat.fewer_percent"
_CLAUSES = {  # of ``leao.chain.verdict.sentence``
    CONTROLS: re.compile(r"Tested at two ends\..*?Clinic \(.*?\): .*?(?=[.:])"),
    CHAIN: re.compile(r"lowers attacks by [^)]*\)"),
    TRIALS: re.compile(r"the trials show [^)]*\)"),
    RAT: re.compile(r"makes, by the same link, [^)]*\)"),
    HALF: re.compile(r"at least half of that is (?:below |above )?[\d.]+\d"),
}
_NUMBER = re.compile(r"(?<![\w.])[-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?(?: %)?(?!\w)")  # noqa: RUF001


def parts(text: str) -> list[Part]:
    """Return the sentence of a verdict in pieces, which together are the sentence."""
    clauses = [(match.span(), name) for name, clause in _CLAUSES.items() for match in clause.finditer(text)]
    pieces, end = list[Part](), 0
    for number in _NUMBER.finditer(text):
        first, last = number.span()
        name = next((name for (low, high), name in clauses if low <= first and last <= high), None)
        if name is not None:
            pieces += [{"text": text[end:first], "opens": None}, {"text": number[0], "opens": name}]
            end = last
    return [piece for piece in [*pieces, Part(text=text[end:], opens=None)] if piece["text"]]
