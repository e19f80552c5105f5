"""Which visits are planned: the endpoint is the last planned one, not the last label seen.

Left out, and named: visits before the baseline, of early termination, unscheduled, after treatment, and derived ones.
What a visit is, is told by the user (``--visits``, ``--move-visit``), by words (AVISIT, EPOCH), or by its number: codes
such as 99 out of step with the others, fractions that few patients have, and a last visit whose patients mostly lack
the one before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leao.core.errors import ScenarioError
from leao.core.tables import MISSING, LeftOut
from leao.trial.reading import attendance
from leao.trial.reading import visit_words as words
from leao.trial.reading.attendance import Planned, leave_out
from leao.trial.reading.moved_visits import key_of, moved
from leao.trial.reading.records import ROW
from leao.trial.reading.request import TableRequest, listed

if TYPE_CHECKING:
    import polars as pl


def planned(name: str, frame: pl.DataFrame, request: TableRequest) -> Planned:
    """Return the records of the baseline and of the planned visits.

    Raises:
        ScenarioError: a visit that is not understood.
    """
    import polars as pl

    frame = _texts(frame)
    frame, problems = moved(name, frame, request)
    known, labels, spans = _numbered(name, frame, request)
    frame = frame.with_columns(
        pl.col("visit key")
        .replace_strict({key: at for key, (at, _) in known.items()}, return_dtype=pl.Float64)
        .alias("visit"),
        pl.col("visit key").replace_strict({key: kind for key, (_, kind) in known.items()}).alias("kind"),
    )
    state = Planned(_after_treatment(frame), labels, spans, [], problems)
    state = _baseline(state)
    state = _by_kind(state)
    if request.visits is None:
        for step in (attendance.fractions, attendance.codes, attendance.early):
            state = step(state)
        state = attendance.ask_of_a_leap(name, state)
    return state._replace(frame=state.frame.drop("kind", "visit key"))


def _texts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with a key of the visit: its own cell, or the word beside it where that says more."""
    import polars as pl

    if "visit" in frame.columns:  # a wide table
        return frame.with_columns(pl.col("visit text").alias("visit key"))
    text = (
        pl.when(pl.col("visit text").str.to_lowercase().is_in(MISSING)).then(pl.lit("")).otherwise(pl.col("visit text"))
    )
    if "label" not in frame.columns:
        return frame.with_columns(text.alias("visit key"))
    return frame.with_columns(pl.when(text == "").then(pl.col("label")).otherwise(text).alias("visit key"))


def _of_list(kind: str, is_listed: bool) -> str:
    """Return the kind of a visit after the baseline where the planned ones were listed."""
    if is_listed:
        return words.PLANNED
    return words.EXTRA if kind == words.PLANNED else kind


def _numbered(
    name: str, frame: pl.DataFrame, request: TableRequest
) -> tuple[dict[str, tuple[float, str]], dict[float, str], dict[float, float]]:
    """Return number and kind of each visit's key, what each number is called, and the days its words name."""
    keys = frame["visit key"].unique(maintain_order=True).to_list()
    if "visit" in frame.columns:  # a wide table: in the order of its columns
        numbers = dict(frame.select("visit key", "visit").unique(maintain_order=True).iter_rows())
        kinds = {key: (at, words.BEFORE if at == 0.0 else words.PLANNED) for key, at in numbers.items()}
        return kinds, {at: key for key, at in numbers.items()}, {}
    label = _labels(frame)
    said = {key: _word(key, label.get(key, "")) for key in keys}
    listed_keys = [_asked(name, frame, given) for given in listed(request.visits)]
    if request.visits is not None and (not listed_keys or len(set(listed_keys)) < len(listed_keys)):
        raise ScenarioError(
            f"{name}: --visits {request.visits}: wanted the planned visits after the baseline, each once"
        )
    for key in keys:
        if said[key] is None and key not in listed_keys:
            row = frame.filter(frame["visit key"] == key)[ROW][0]
            raise ScenarioError(
                f"{name}, row {row}: visit {key!r} is not understood; list the planned visits after the baseline with "
                "--visits A,B,C, and say which is the baseline with --move-visit NAME=0"
            )
    at = _times({key: word for key, word in said.items() if word is not None})
    kinds: dict[str, tuple[float, str]] = {}
    for key in keys:
        word = said[key]
        kind = words.EXTRA if word is None else word.kind
        if listed_keys and kind != words.BEFORE:
            kind = _of_list(kind, key in listed_keys)
        place = float(listed_keys.index(key) + 1) if key in listed_keys else at.get(key, 0.0)
        kinds[key] = (place, kind)
    called = {place: _called(key, label.get(key, "")) for key, (place, kind) in kinds.items() if kind == words.PLANNED}
    spans = {kinds[key][0]: word.span for key, word in said.items() if word is not None and word.span is not None}
    return kinds, called, spans


def _asked(name: str, frame: pl.DataFrame, given: str) -> str:
    key = key_of(frame, given)
    if key is None:
        there = ", ".join(frame["visit key"].unique(maintain_order=True).to_list())
        raise ScenarioError(f"{name}: --visits: no visit {given!r}; there are {there}")
    return key


def _labels(frame: pl.DataFrame) -> dict[str, str]:
    """Return the word of each visit's number, where it has one alone."""
    import polars as pl

    if "label" not in frame.columns:
        return {}
    pairs = frame.select("visit key", "label").unique(maintain_order=True)
    alone = pairs.filter((pl.len() == 1).over("visit key"))
    return dict(alone.iter_rows())


def _word(key: str, label: str) -> words.Word | None:
    """Return what is said of a visit: its own cell, but for the kind that the word beside it names."""
    written, beside = words.parse(key), words.parse(label) if label else None
    if written is None or beside is None:
        return written or beside
    if beside.kind != words.PLANNED and written.kind == words.PLANNED:
        return written._replace(kind=beside.kind)
    if written.kind == words.BEFORE and beside.kind == words.PLANNED and written.at == 0.0:
        return written
    return written._replace(span=beside.span)


def _times(word_of: dict[str, words.Word]) -> dict[str, float]:
    """Return when each visit is, in one unit: that of all, or days where they differ."""
    units = {word.unit for word in word_of.values() if word.kind == words.PLANNED}
    if len(units) < 2:
        return {key: 0.0 if word.at is None else word.at for key, word in word_of.items()}
    return {key: words.days(word) or word.at or 0.0 for key, word in word_of.items()}


def _called(key: str, label: str) -> str:
    if label:
        return label
    word = words.parse(key)
    return f"visit {word.at:g}" if word is not None and not word.unit and word.at is not None else key


def _after_treatment(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with rows of a phase before or after treatment marked so (EPOCH, APHASE)."""
    import polars as pl

    if "phase" not in frame.columns:
        return frame
    phase = pl.col("phase").str.to_lowercase()
    after = phase.str.contains("follow|wash|post|taper") & (pl.col("kind") == words.PLANNED)
    return frame.with_columns(pl.when(after).then(pl.lit(words.AFTER)).otherwise(pl.col("kind")).alias("kind"))


def _baseline(state: Planned) -> Planned:
    """Return the state with one baseline row a patient at visit 0: the flagged one, else the last with a value."""
    import polars as pl

    frame = state.frame
    before = pl.col("kind") == words.BEFORE
    if "flag" in frame.columns and (frame["flag"].str.to_uppercase() == "Y").any():
        flagged = pl.col("flag").str.to_uppercase() == "Y"
        first = pl.when(flagged).then(pl.col("visit")).max().over("subject")
        chosen, before = flagged, before | flagged | (pl.col("visit") <= first).fill_null(False)
    else:
        known = before & pl.col("value").is_finite()
        last = pl.when(known).then(pl.col("visit")).max().over("subject")
        chosen = before & (pl.col("visit") == last).fill_null(False)
        chosen |= (
            before & last.is_null() & (pl.col("visit") == pl.when(before).then(pl.col("visit")).max().over("subject"))
        )
    frame = frame.with_columns(before.alias("before"), chosen.alias("chosen"))
    unused = frame.filter(pl.col("before") & ~pl.col("chosen"))
    left_out = list(state.left_out)
    problems = list(state.problems)
    if unused.height:
        problems.append(f"{unused.height} rows before the baseline visit are not used")
        left_out.append(LeftOut(tuple(unused[ROW].to_list()), "before the baseline visit"))
    frame = frame.filter(~pl.col("before") | pl.col("chosen")).with_columns(
        pl.when(pl.col("chosen")).then(0.0).otherwise(pl.col("visit")).alias("visit"),
        pl.when(pl.col("chosen")).then(pl.lit(words.BEFORE)).otherwise(pl.col("kind")).alias("kind"),
    )
    return state._replace(frame=frame.drop("before", "chosen"), left_out=left_out, problems=problems)


def _by_kind(state: Planned) -> Planned:
    """Leave out the visits whose words say that they are not planned."""
    for kind in (words.EARLY, words.EXTRA, words.AFTER, words.DERIVED):
        here = state.frame["kind"] == kind
        if here.any():
            keys = state.frame.filter(here)["visit key"].unique(maintain_order=True).to_list()
            state = leave_out(state, keys, kind if kind != words.EXTRA else "unscheduled or not among --visits", here)
    return state
