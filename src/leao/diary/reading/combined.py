"""Several columns that say one thing: kinds of headache, parts of the day, a column that says the opposite.

``headache = A + B`` joins columns as the writer of the file says; kinds of headache (Migraine, Tension headache) and
parts of the day (Headache AM, Headache PM) are joined by their names, and that is said. A day is a headache day where
any of them says so, free where one says free and none says headache. A column of free days (Headache-free: yes, no) is
turned round.
"""

from __future__ import annotations

from leao.core.errors import ScenarioError
from leao.diary.reading import cells, words
from leao.diary.reading.column_names import role_of
from leao.diary.reading.mapping import ANY, Mapping
from leao.diary.reading.sheet import Sheet
from leao.diary.reading.words import bare, name_of

PLUS = " + "
SAID = ("headache", "severity")  # what may be joined
ASIDE = ("migraine", "kind", None)


def joined(sheet: Sheet, mapping: Mapping) -> tuple[Sheet, Mapping]:
    """Return the table with columns that say one thing as one column.

    Raises:
        ScenarioError: a column named in ``A + B`` is not there, or one of its cells does not read.
    """
    for role in SAID:
        named = mapping.columns.get(role, "")
        if PLUS in named and bare(named) not in {bare(header) for header in sheet.header}:
            places = [_find(sheet, name.strip(), role) for name in named.split(PLUS)]
            sheet = _one(sheet, mapping, places, role)
            mapping = mapping._replace(columns={key: name for key, name in mapping.columns.items() if key != role})
    return _by_name(sheet, mapping), mapping


def _by_name(sheet: Sheet, mapping: Mapping) -> Sheet:
    """Return the table with kinds of headache, parts of the day and opposites told by their names."""
    taken = {name_of(name) for name in mapping.columns.values()} | {name_of(name) for name in mapping.ignore}
    names = {k: name_of(header) for k, header in enumerate(sheet.header) if any(sheet.counts(k))}
    free = {k: name for k, name in names.items() if name not in taken and k not in sheet.roles}
    roles = {k: role_of(sheet.header[k]) for k in names}
    if "headache" in mapping.columns or "headache" in roles.values() or "headache" in sheet.roles.values():
        return sheet
    for role in SAID:
        parts = [k for k, name in free.items() if role_of(_without_part(name)) == role and _without_part(name) != name]
        if len(parts) > 1 and role not in roles.values() and _readable(sheet, mapping, parts):
            return _one(sheet, mapping, parts, role)
    kinds = [k for k, name in free.items() if name in words.group("headache", "headache") and roles[k] in ASIDE]
    if len(kinds) > 1 and any(roles[k] is None for k in kinds) and _readable(sheet, mapping, kinds):
        return _one(sheet, mapping, kinds, "headache")
    opposite = [k for k, name in free.items() if is_opposite(name)]
    if len(opposite) == 1 and "severity" not in roles.values() and _says_both(sheet, opposite[0]):
        return _turned(sheet, opposite[0])
    return sheet


def is_opposite(name: str) -> bool:
    """Return whether a column's name is that of days without headache: Headache free, Kopfschmerzfrei, Sin dolor."""
    form = name_of(name).replace("-", " ")
    kept = " ".join(part for part in form.split() if part not in words.table("headers")["parts"]["day"])
    return bool({form, kept} & {word.replace("-", " ") for word in words.group("headache", "free")} - {"clear"})


def answer(header: str, role: str | None) -> str:
    """Return what to type about a column that nothing reads and that may count."""
    if is_opposite(header):  # read as headache, its yes would be a headache
        return f'--ignore "{header}", and let another column say headache'
    if role is None:
        return f'--ignore "{header}", or --column "OURS={header}" with one of our columns'
    return f'--column "{role}={header}" (or another of our columns), or --ignore "{header}"'


def _find(sheet: Sheet, name: str, role: str) -> int:
    for k, header in enumerate(sheet.header):
        if bare(header) == bare(name) or name_of(header) == name_of(name):
            return k
    raise ScenarioError(f"{sheet.name}: no column {name!r}, of those to be joined as {role}; found {sheet.header}")


def _without_part(name: str) -> str:
    """Return a column's name without its part of the day."""
    parts = words.group("day", "parts")
    kept = [word for word in name.split() if word not in parts]
    return " ".join(word for word in kept if word not in ("in", "the", "am", "de", "la", "le", "il", "da", "por"))


def _cell(sheet: Sheet, mapping: Mapping, k: int, text: str) -> cells.Ache | None:
    """Return what one cell says, after the mapping's words for headache, severity and every column."""
    for place in ("headache", "severity", ANY):
        text = mapping.values.get(place, {}).get(bare(text), text)
    if cells.is_dash(text):
        raise cells.Unread("free, or not recorded?")
    return cells.headache(text)


def _readable(sheet: Sheet, mapping: Mapping, places: list[int]) -> bool:
    try:
        for k in places:
            for text in sheet.counts(k):
                _cell(sheet, mapping, k, text)
    except cells.Unread:
        return False
    return True


def _one(sheet: Sheet, mapping: Mapping, places: list[int], role: str) -> Sheet:
    """Return the table with the columns as one, its cells the worst of theirs."""
    titles = [sheet.header[k] for k in places]
    kept = [k for k in range(len(sheet.header)) if k not in places]
    rows = []
    for row, texts in sheet.rows:
        try:
            read = [(k, ache) for k in places if (ache := _cell(sheet, mapping, k, texts[k])) is not None]
        except cells.Unread as wanted:
            written = " / ".join(texts[k] for k in places if texts[k].strip())
            raise ScenarioError(
                f"{sheet.name}, row {row}: {written!r} in {PLUS.join(titles)}: {wanted}; say what it means with --say"
            ) from None
        rows.append((row, [*(texts[k] for k in kept), *_worst(sheet, read)]))
    graded = any(texts[-1] for _, texts in rows) and not (
        role == "headache" and {texts[-1] for _, texts in rows} <= {"", "0", "1"}  # flags
    )
    rows = rows if graded else [(row, texts[:-1]) for row, texts in rows]
    title = PLUS.join(titles)
    header = [*(sheet.header[k] for k in kept), title, *([f"{title}: severity"] if graded else [])]
    added = {len(kept): "headache"} | ({len(kept) + 1: "severity"} if graded else {})
    return sheet._replace(
        header=header, rows=rows, roles=_moved(sheet, kept) | added,
        understood=[*sheet.understood, f"{title} read as one: a day is a headache day where any of them says so"],
    )  # fmt: skip


def _worst(sheet: Sheet, read: list[tuple[int, cells.Ache]]) -> list[str]:
    """Return headache and severity of a row: yes where any column says so; the kind where its column names it."""
    if not read:
        return ["", ""]
    aches = [(k, ache) for k, ache in read if ache.headache]
    if not aches:
        return ["no", _number(max((ache.number for _, ache in read if ache.number is not None), default=None))]
    migraine = any(
        ache.migraine or name_of(sheet.header[k]) in words.group("headache", "migraine") for k, ache in aches
    )
    number = max((ache.number for _, ache in aches if ache.number is not None), default=None)
    grade = max((ache.grade for _, ache in aches if ache.grade is not None), default=None)
    severity = cells.GRADES[int(grade)] if grade is not None else _number(number)
    return ["migraine" if migraine else "headache", severity]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _says_both(sheet: Sheet, k: int) -> bool:
    said = {bare(text) for text in sheet.counts(k)}
    return bool(said & words.group("cells", "yes")) and bool(said & words.group("cells", "no"))


def _turned(sheet: Sheet, k: int) -> Sheet:
    """Return the table with a column of free days as one of headache: its yes is free, its no a headache."""
    turns = dict.fromkeys(words.group("cells", "yes"), "free") | dict.fromkeys(words.group("cells", "no"), "headache")
    rows = []
    for row, texts in sheet.rows:
        turned = [*texts]
        turned[k] = turns.get(bare(texts[k]), texts[k]) if texts[k].strip() else ""
        rows.append((row, turned))
    said = f"{sheet.header[k]} is a column of days without headache: its no is read as headache, its yes as free"
    return sheet._replace(rows=rows, roles=sheet.roles | {k: "headache"}, understood=[*sheet.understood, said])


def _moved(sheet: Sheet, kept: list[int]) -> dict[int, str]:
    return {place: sheet.roles[k] for place, k in enumerate(kept) if k in sheet.roles}
