"""What each variable of the ADaM tables is: label, type, length, key, codelist, how it comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

LABELS = {
    "STUDYID": "Study Identifier",
    "USUBJID": "Unique Subject Identifier",
    "AGE": "Age",
    "AGEU": "Age Units",
    "SEX": "Sex",
    "ARM": "Description of Planned Arm",
    "TRTSEQP": "Planned Sequence of Treatments",
    "ITTFL": "Intent-To-Treat Population Flag",
    "COMPLFL": "Completers Population Flag",
    "TRTSDY": "Day of First Exposure to Treatment",
    "TRTEDY": "Day of Last Exposure to Treatment",
    "EOSDY": "Day of the Last Diary Entry",
    "RIATTACK": "Attacks per 28 Days in the Run-In",
    "RIMIGDAY": "Migraine Days per 28 Days in the Run-In",
    "RIHDDAY": "Headache Days per 28 Days in the Run-In",
    "BLHDDAY": "Headache Days per 28 Days at Baseline",
    "BLMIGDAY": "Migraine Days per 28 Days at Baseline",
    "BLRESCUE": "Medicine Days per 28 Days at Baseline",
    "BLSEVER": "Mean Pain of Migraine Days at Baseline",
    "BLDURAT": "Mean Hours of an Attack at Baseline",
    "PARAMCD": "Parameter Code",
    "PARAM": "Parameter",
    "ADY": "Analysis Relative Day",
    "AVAL": "Analysis Value",
    "ABLFL": "Baseline Record Flag",
    "TRTP": "Planned Treatment",
    "DOSE": "Dose Taken That Day (mg of salt)",
    "AVISIT": "Analysis Visit",
    "AVISITN": "Analysis Visit (N)",
    "ASTDY": "Analysis Start Relative Day",
    "AENDY": "Analysis End Relative Day",
    "BASE": "Baseline Value",
    "CHG": "Change from Baseline",
    "NEVENT": "Events on the Recorded Days",
    "NDAYS": "Recorded Days",
    "NCYCLES": "Whole Cycles",
    "A95LO": "Lower 95 % Limit, Alone",
    "A95HI": "Upper 95 % Limit, Alone",
    "SHRUNK": "Estimate Drawn Towards the Others",
    "S95LO": "Lower 95 % Limit, Drawn",
    "S95HI": "Upper 95 % Limit, Drawn",
}
PERIOD = {
    "P": "Planned Treatment for Period {k}",
    "PN": "Planned Treatment for Period {k} (N)",
    "A": "Actual Treatment for Period {k}",
}
METHODS = {
    "AVAL": "ADDIARY: events of the day. ADMONTH: NEVENT * 28 / NDAYS. ADNOF1: mean of drug less placebo per 28 days.",
    "BASE": "AVAL of the record with ABLFL = Y.",
    "CHG": "AVAL - BASE.",
    "NEVENT": "Events on the days that were filled in.",
    "NDAYS": "Days of the window that were filled in.",
    **dict.fromkeys(
        ("RIATTACK", "RIMIGDAY", "RIHDDAY"),
        "Events on the recorded days of the run-in, not in ADDIARY, * 28 / those days.",
    ),
    **dict.fromkeys(
        ("BLHDDAY", "BLMIGDAY", "BLRESCUE"), "Such days among the recorded days of the baseline * 28 / those days."
    ),
    "BLSEVER": "Mean over recorded migraine days of the worst pain: 1 mild, 2 moderate, 3 severe; none without one.",
    "BLDURAT": "Migraine hours over migraine episodes of the recorded days of the baseline; none without one.",
    "ADY": "Days since the first day of treatment, which is 1; there is no day 0.",
}
CODES = {
    "SEX": (("F", "Female"), ("M", "Male")),
    "AGEU": (("YEARS", "Years"),),
    "ITTFL": (("Y", "Yes"), ("N", "No")),
    "COMPLFL": (("Y", "Yes"), ("N", "No")),
    "ABLFL": (("Y", "Yes"),),
    "PARAMCD": (
        ("ATTACKS", "Migraine attacks"), ("MIGDAY", "Migraine days"), ("HDDAY", "Headache days"),
        ("RESCDAY", "Days with acute medicine"),
    ),
}  # fmt: skip
LONGEST_LABEL, LONGEST_NAME, LONGEST_TEXT = 40, 8, 200  # of SAS transport files, version 5


class Dataset(NamedTuple):
    """What a table is."""

    label: str
    structure: str
    kind: str  # ADaM's class
    keys: tuple[str, ...]


_SUBJECT, _BASIC = "SUBJECT LEVEL ANALYSIS DATASET", "BASIC DATA STRUCTURE"
_KEYS = ("STUDYID", "USUBJID")
_DAILY, _MONTHLY = "One record per subject, parameter and recorded day", "One record per subject, parameter and month"
DATASETS = {
    "adsl": Dataset("Subject-Level Analysis Dataset", "One record per subject", _SUBJECT, _KEYS),
    "addiary": Dataset("Daily Headache Diary", _DAILY, _BASIC, (*_KEYS, "PARAMCD", "ADY")),
    "admonth": Dataset("Headache Diary by Months of 28 Days", _MONTHLY, _BASIC, (*_KEYS, "PARAMCD", "AVISITN")),
    "adnof1": Dataset("Each Patient's Own Effect", "One record per subject and parameter", _BASIC, (*_KEYS, "PARAMCD")),
}


class Variable(NamedTuple):
    """One column of one table."""

    name: str
    label: str
    kind: str  # text, integer or float, as define.xml says it
    length: int
    key: int | None  # place among the keys


def label(name: str) -> str:
    """Return the label of a variable."""
    if name in LABELS:
        return LABELS[name]
    return PERIOD[name[5:]].format(k=name[3:5])


def of(name: str, table: pl.DataFrame) -> list[Variable]:
    """Return the variables of a table, in its order."""
    import polars as pl

    keys = DATASETS[name].keys
    rows = []
    for column, dtype in table.schema.items():
        if dtype == pl.String:
            longest = table[column].str.len_bytes().max()
            kind, length = "text", max(1, int(str(longest or 1)))
        else:
            kind, length = ("integer" if dtype.is_integer() else "float"), 8
        rows.append(Variable(column, label(column), kind, length, keys.index(column) + 1 if column in keys else None))
    return rows
