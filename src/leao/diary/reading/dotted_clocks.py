"""Times and lengths of a diary with a point or a comma, ``8.30``: clock times where they can be nothing else."""

from __future__ import annotations

from collections import Counter

from leao.core.dotted_times import differs, dotted, has_minutes
from leao.diary.reading.columns import Columns
from leao.diary.reading.mapping import ANY, Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, shown, typed

TIMES = ("start", "end")


def applied(sheet: Sheet, ours: Columns, mapping: Mapping, open_words: Words) -> Mapping:
    """Return the mapping with the clock times that cells such as ``8.30`` are; what is not sure is asked about."""
    places = [(role, k) for role in TIMES for k in ours.places.get(role, [])[:1]]
    written = {role: _unsaid(sheet.counts(k), role, mapping) for role, k in places}
    times = dotted(text for counts in written.values() for text in counts)
    values = dict(mapping.values)
    if has_minutes(times.values()) or (times and any(":" in text for counts in written.values() for text in counts)):
        for role, k in places:
            meant = {bare(text): times[text] for text in written[role] if text in times}
            values[role] = meant | values.get(role, {})
            if meant:
                first = next(text for text in written[role] if text in times)
                ours.guesses.append(f"times of {shown(sheet.header[k])} such as {first} read as {times[first]}")
    else:
        for role, k in places:
            _ask(role, sheet.header[k], written[role], times, open_words)
    for k in ours.places.get("duration", [])[:1] if (mapping.length or ours.unit) == "hours" else []:
        lengths = _unsaid(sheet.counts(k), "duration", mapping)
        minutes = dotted(lengths)
        if has_minutes(minutes.values()):
            _ask("duration", sheet.header[k], lengths, minutes, open_words)
    return mapping._replace(values=values)


def _unsaid(counts: Counter[str], role: str, mapping: Mapping) -> Counter[str]:
    said = mapping.values.get(role, {}).keys() | mapping.values.get(ANY, {}).keys()
    return Counter({text: times for text, times in counts.items() if bare(text) not in said})


def _ask(role: str, header: str, counts: Counter[str], times: dict[str, str], open_words: Words) -> None:
    """Ask about each cell that is another time as a clock time than in hours with decimals."""
    for text, count in counts.items():
        if text not in times or not differs(times[text]):
            continue
        decimals = text.strip().replace(",", ".")
        if role == "duration":
            hours, _, minutes = times[text].partition(":")
            answers, asks = (f"{hours}h {minutes}m", f"{decimals} h"), "hours and minutes, or parts of an hour?"
        else:
            answers, asks = (times[text], f"{float(decimals):g}"), "a clock time, or parts of an hour?"
        answer = " or ".join(f'--say "{role}:{typed(text)}={meant}"' for meant in answers)
        open_words.ask(Question(header, text, count, asks, answer))
