"""Lists of tags (``migraine | tea``): a headache is a tag among others, and the others are listed, not counted.

A tag is compared by itself, with the mapping's words first; a day with tags but none of a headache is free. A tag
whose word belongs to what is counted and is not understood is asked about.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import NamedTuple

from leao.diary.reading import cells, words
from leao.diary.reading.columns import role_of
from leao.diary.reading.mapping import ANY, Mapping
from leao.diary.reading.questions import Question, Words
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, shown, typed
from leao.dosing import medicines

ADDED = ("headache", "severity", "acute_medication", "symptoms")
PARTS = ("|", ";", ",")
MOSTLY = 0.5


class _Read(NamedTuple):
    """What one tag says: the column it belongs to and the word for it; no column where it says nothing counted."""

    role: str | None
    word: str


def spread(sheet: Sheet, mapping: Mapping, open_words: Words) -> tuple[Sheet, Mapping]:
    """Return the table with the tags' headache, severity, medicines and symptoms in columns of their own."""
    place = _place(sheet, mapping)
    if place is None or _said_elsewhere(sheet, mapping, place):
        return sheet, mapping
    separator = next((sign for sign in PARTS if any(sign in text for text in sheet.texts(place))), "|")
    lists = [[tag.strip() for tag in text.split(separator) if tag.strip()] for text in sheet.texts(place)]
    counts = Counter(chain.from_iterable(lists))
    read = {tag: _tag(tag, mapping) for tag in counts}
    aches = [tag for tag, what in read.items() if what.role == "headache" and what.word != "no"]
    header = sheet.header[place]
    if not aches:
        tags = ", ".join(shown(tag) for tag, _ in counts.most_common(6))
        asks = "no tag says headache"
        open_words.ask(
            Question(header, tags, sum(counts.values()), asks, f'--say "TAG=headache", or --ignore "{header}"')
        )
    others = []
    for tag, what in read.items():
        if what.role is None and words.trade_word(tag):
            answer = f'--say "{typed(tag)}=headache" or "{typed(tag)}=no"'
            open_words.ask(Question(header, tag, counts[tag], "a tag near to what is counted", answer))
        elif what.role is None:
            others.append(f"{shown(tag)} ({counts[tag]})")
    rows = [(row, [*texts, *_cells(tags, read)]) for (row, texts), tags in zip(sheet.rows, lists, strict=True)]
    understood = [
        f"{header} holds tags; a headache is {', '.join(aches) or 'none of them'}; other tags are not counted: "
    ]
    understood[0] += ", ".join(others) or "none"
    free = [role for role in ADDED if role in _needed(sheet, mapping, read, place)]
    kept = [len(sheet.header) + ADDED.index(role) for role in free]
    rows = [(row, [*texts[: len(sheet.header)], *(texts[k] for k in kept)]) for row, texts in rows]
    names = [f"{header}: {role.replace('_', ' ')}" for role in free]
    roles = sheet.roles | {len(sheet.header) + k: role for k, role in enumerate(free)} | {place: "harmless"}
    columns = {ours: name for ours, name in mapping.columns.items() if words.name_of(name) != words.name_of(header)}
    spread_out = sheet._replace(
        header=[*sheet.header, *names], rows=rows, roles=roles, understood=[*sheet.understood, *understood]
    )
    return spread_out, mapping._replace(columns=columns)


def _needed(sheet: Sheet, mapping: Mapping, read: dict[str, _Read], place: int) -> list[str]:
    """Return the columns that the tags give: those of which a tag speaks, and no other column does."""
    taken = {role_of(header) for k, header in enumerate(sheet.header) if k != place and any(sheet.counts(k))}
    taken |= {
        ours for ours, name in mapping.columns.items() if words.name_of(name) != words.name_of(sheet.header[place])
    }
    roles = {what.role for what in read.values()}
    roles |= {"severity"} if any(_grade(what.word) for what in read.values() if what.role == "headache") else set()
    return [role for role in ADDED if role == "headache" or (role in roles and role not in taken)]


def _place(sheet: Sheet, mapping: Mapping) -> int | None:
    """Return the column of tags: one named so, or the one mapped to headache whose cells are lists."""
    mapped = mapping.columns.get("headache") or mapping.columns.get("tags")
    ignored = {bare(name) for name in mapping.ignore}
    for k, header in enumerate(sheet.header):
        if bare(header) in ignored:
            continue
        is_mapped = mapped is not None and words.name_of(header) == words.name_of(mapped)
        if is_mapped and _are_lists(sheet.texts(k), mapping):
            return k
        if mapped is None and role_of(header) == "tags" and any(sheet.texts(k)):
            return k
    return None


def _are_lists(texts: list[str], mapping: Mapping) -> bool:
    """Return whether cells are lists: parted by a bar, or mostly by commas where the mapping gives words for them."""
    if any("|" in text for text in texts):
        return True
    filled = [text for text in texts if text.strip()]
    parted = sum("," in text or ";" in text for text in filled)
    return bool(mapping.values.get("headache")) and parted > MOSTLY * len(filled)


def _said_elsewhere(sheet: Sheet, mapping: Mapping, place: int) -> bool:
    """Return whether another column says headache: the tags are then not needed for it."""
    others = [header for k, header in enumerate(sheet.header) if k != place and any(sheet.texts(k))]
    mapped = mapping.columns.get("headache")
    if mapped is not None and words.name_of(mapped) != words.name_of(sheet.header[place]):
        return True
    return mapped is None and any(role_of(header) in ("headache", "migraine") for header in others)


def _tag(tag: str, mapping: Mapping) -> _Read:
    for place in ("headache", "tags", ANY):
        meaning = mapping.values.get(place, {}).get(bare(tag))
        if meaning is not None:
            return _Read("headache", meaning) if _ache(meaning) is not None else _Read(None, meaning)
    if bare(tag) not in (words.group("cells", "yes") | words.group("cells", "no")) and _ache(tag) is not None:
        return _Read("headache", tag)
    if any(
        bare(tag) in words.group("symptoms", name)
        for name in ("nausea", "photophobia", "phonophobia", "aura", "menses")
    ):
        return _Read("symptoms", tag)
    medicine = medicines.find(tag)
    return _Read(None if medicine is None else "acute_medication", tag)


def _ache(text: str) -> cells.Ache | None:
    try:
        read = cells.headache(text)
    except cells.Unread:
        return None
    return read if read is None or read.number is None and bare(text) not in ("none",) else None


def _grade(word: str) -> str:
    ache = _ache(word)
    return "" if ache is None or ache.grade is None else cells.GRADES[int(ache.grade)]


def _cells(tags: list[str], read: dict[str, _Read]) -> list[str]:
    """Return headache, severity, medicines and symptoms of one list of tags."""
    if not tags:
        return ["", "", "", ""]
    aches = [ache for tag in tags if read[tag].role == "headache" and (ache := _ache(read[tag].word)) is not None]
    yes = [ache for ache in aches if ache.headache]
    kinds = "migraine" if any(ache.migraine for ache in yes) else "headache"
    grade = max((ache.grade for ache in yes if ache.grade is not None), default=None)
    return [
        kinds if yes else "no",
        "" if grade is None else cells.GRADES[int(grade)],
        "; ".join(read[tag].word for tag in tags if read[tag].role == "acute_medication"),
        ", ".join(read[tag].word for tag in tags if read[tag].role == "symptoms"),
    ]
