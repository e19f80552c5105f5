"""What in a table makes its answer doubtful, though every row of it can be read."""

from __future__ import annotations

import numpy as np

from leao.trial.reading.layout import Table

_FEWEST, _NEARLY_ALL = 3, 0.9
_REPEATED, _SHARE = 5, 0.3  # patients whose last value repeats the one before: so many, and so large a share
_FALL, _RISE = 0.6, 1.5  # of the control's mean, from the baseline to the last visit: lengths that do not fit


def of(table: Table) -> list[str]:
    """Return the doubts, in words."""
    if not table.loaded.counts:
        return []
    return [text for text in (_zeros(table), _carried(table), _lengths(table)) if text]


def _zeros(table: Table) -> str:
    """Say where zeros stand as if patients who left had been filled in with zero."""
    values = table.values[table.data.use[0] & (table.data.baseline[0] > 0.0)]
    if values.shape[1] < 2 or not values.size or not np.isfinite(values).all():
        return ""  # where values are missing, people who left are missing
    zero = values == 0.0
    first = np.where(zero.any(axis=1), zero.argmax(axis=1), values.shape[1])
    early = first < values.shape[1] - 1
    stays = early & (zero.sum(axis=1) == values.shape[1] - first)
    if stays.sum() >= _FEWEST and stays.sum() >= _NEARLY_ALL * early.sum():
        people = int(stays.sum())
        return (
            f"in {people} patients a zero stays to the end, and nothing is missing in the table: did they leave? "
            "months nobody saw are written NA, not 0"
        )
    last = int((first == values.shape[1] - 1).sum())
    if last > _FEWEST and not early.any():
        return (
            f"{last} patients have their only zero at the last visit, and nothing is missing in the table: did they "
            "leave? months nobody saw are written NA, not 0"
        )
    return ""


def _carried(table: Table) -> str:
    """Say where the last value repeats the one before far more often than earlier values do."""
    values = np.column_stack([table.data.baseline[0], table.values])[table.data.use[0]]
    if values.shape[1] < 3 or not len(values) or not np.isfinite(values).all():
        return ""
    same = (values[:, 1:] == values[:, :-1]) & (values[:, 1:] > 0.0)
    people, last, earlier = len(values), int(same[:, -1].sum()), float(same[:, :-1].mean())
    if last < _REPEATED or last < _SHARE * people or last < people * 3.0 * earlier:
        return ""
    return (
        f"in {last} of {people} patients the last value repeats the one before (earlier {100.0 * earlier:.0f} %), and "
        "nothing is missing in the table: carried forward? months nobody saw are written NA"
    )


def _lengths(table: Table) -> str:
    """Say where the control's counts move so far that baseline and visits cannot be of one length."""
    data = table.data
    control = data.use[0] & (data.arm[0] == 0) & np.isfinite(table.values[:, -1])
    if table.loaded.month != 1.0 or not control.any():
        return ""
    before, after = float(data.baseline[0][control].mean()), float(table.values[control, -1].mean())
    if before <= 0.0 or (1.0 - _FALL) * before <= after <= (1.0 + _RISE) * before:
        return ""
    way = "falls" if after < before else "rises"
    return (
        f"{table.arms[0]} {way} from {before:.3g} to {after:.3g}: was the baseline counted over as many days as a "
        "visit? responders and changes rest on it; write --visit-days and --baseline-days"
    )
