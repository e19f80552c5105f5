"""The words of trial tables: column names by role, names that change nothing, names that must not be passed over.

CDISC's names (ADaM Implementation Guide 1.3: BDS and ADSL variables), and what tables outside of it are seen to use.
Names are folded: without case, accents and punctuation.
"""

from __future__ import annotations

import re

from leao.trial.reading import other_languages

_ENGLISH: dict[str, tuple[str, ...]] = {
    "subject": (
        "usubjid", "subjid", "subject", "subject_id", "subjectid", "patient", "patient_id", "patientid", "participant",
        "participant_id", "id", "pid", "record_id",
    ),
    "arm": (
        "trt01p", "trtp", "arm", "treatment", "group", "treat", "trt", "trt01a", "trta", "actarm", "allocation",
        "treatment_group", "study_arm", "randomised_to", "randomized_to",
    ),
    "visit": (
        "avisitn", "avisit", "visit", "visitnum", "visit_number", "month", "week", "period", "time_point", "timepoint",
    ),
    "day": ("ady", "day", "study_day"),
    "value": (
        "aval", "value", "count", "attacks", "migraine_attacks", "migraine_days", "headache_days",
        "monthly_migraine_days", "monthly_headache_days", "headache", "score", "chg", "pchg",
    ),
    "baseline": ("base", "baseline"),
    "count": ("nevent",),
    "days": ("ndays", "days_recorded", "diary_days"),
    "start": ("astdy", "start_day", "awlo"),
    "end": ("aendy", "end_day", "awhi"),
    "label": ("avisit", "visit_name", "visit"),  # words of a visit beside its number
    "phase": ("epoch", "aphase"),
    "flag": ("ablfl",),  # the baseline record
    "age": ("age",),
    "sex": ("sex", "gender"),
}  # fmt: skip
KNOWN = {role: (*names, *other_languages.NAMES.get(role, ())) for role, names in _ENGLISH.items()}
NEEDED = ("subject", "arm", "value")
PARAMETER = "paramcd"
ANALYSIS_FLAG = re.compile(r"anl\d\dfl")
RECORD_FLAG = "anl01fl"
POPULATIONS = ("ittfl", "fasfl")  # intention to treat, full analysis set
OTHER_POPULATIONS = ("saffl", "pprotfl", "complfl", "randfl", "enrlfl", "mittfl", "dlvfl", "effl")
SPECIAL_MISSING = ("._", *(f".{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"))  # of SAS, each with its own reason
UNITS = ("avalu", "unit", "units")
DERIVED = "dtype"
IMPUTED = re.compile(r"(l|b|w|n|p|s)ocf|(lv|bv|wv)cf|wc|bc|imput\w*|mi|carried.*|interpol\w*|zero|copy")
SUMMARISED = ("average", "mean", "median", "maximum", "minimum", "sum", "total", "lov", "endpoint")
TREATMENTS = ("trt01p", "trtp", "arm", "trt01a", "trta", "actarm")  # planned before actual
ACTUAL = ("trt01a", "trta", "actarm")
SITES = (
    "siteid", "site", "site_id", "centre", "center", "practice", "practice_id", "clinic", "hospital",
    *other_languages.SITES,
)  # fmt: skip

HARMLESS = frozenset(
    [
        "studyid",
        "domain",
        "study",
        "param",
        "paramn",
        "parcat1",
        "parcat2",
        "trt01pn",
        "trtpn",
        "trt01an",
        "trtan",
        "armcd",
        "actarmcd",
        "trtseqp",
        "trtseqa",
        "armn",
        "ageu",
        "agegr1",
        "agegr1n",
        "agegr2",
        "race",
        "racen",
        "ethnic",
        "ethnicn",
        "country",
        "region",
        "region1",
        "siteid",
        "sitegr1",
        "subjid",
        "invid",
        "invnam",
        "chg",
        "pchg",
        "basec",
        "avalc",
        "avalcat1",
        "avalca1n",
        "bnrind",
        "anrind",
        "shift1",
        "crit1",
        "aseq",
        "srcdom",
        "srcvar",
        "srcseq",
        "visitnum",
        "visit",
        "visitdy",
        "adt",
        "adtm",
        "atm",
        "astdt",
        "aendt",
        "astdtm",
        "aendtm",
        "ady",
        "adtf",
        "atmf",
        "trtsdt",
        "trtedt",
        "trtsdtm",
        "trtedtm",
        "trtsdy",
        "trtedy",
        "eosdy",
        "randdt",
        "randdtc",
        "rfstdtc",
        "rfendtc",
        "rficdtc",
        "brthdtc",
        "dthdtc",
        "eosdt",
        "eosstt",
        "eotstt",
        "dcsreas",
        "dcreascd",
        "dose",
        "dosep",
        "dosea",
        "doseu",
        "avisit",
        "avisitn",
        "awtarget",
        "awtdiff",
        "awrange",
        "awu",
        "heightbl",
        "weightbl",
        "bmibl",
        "height",
        "weight",
        "bmi",
        "siten",
        "site",
        "site_id",
        "centre",
        "center",
        "practice",
        "practice_id",
        "clinic",
        "hospital",
        "row",
        "row_number",
        "index",
        "notes",
        "note",
        "comment",
        "comments",
    ]
)
TRADE = {
    "avalu": "a unit that is not the same in every row: give the rows of one with --where COLUMN=VALUE",
    "unit": "a unit that is not the same in every row: give the rows of one with --where COLUMN=VALUE",
    "units": "a unit that is not the same in every row: give the rows of one with --where COLUMN=VALUE",
    "basetype": "several kinds of baseline: give the rows of one with --where COLUMN=VALUE",
    "atpt": "several time points in a visit: give the rows of one with --where COLUMN=VALUE",
    "atptn": "several time points in a visit: give the rows of one with --where COLUMN=VALUE",
    "aperiod": "several periods: name the column with --visit, or give the rows of one with --where COLUMN=VALUE",
    "aperiodc": "several periods: name the column with --visit, or give the rows of one with --where COLUMN=VALUE",
    "duration": "a length of time: if it is that of a visit, write --visit-days COLUMN",
    "length": "a length of time: if it is that of a visit, write --visit-days COLUMN",
    "exposure": "a length of time: if it is that of a visit, write --visit-days COLUMN",
    "follow_up_days": "a length of time: if it is that of a visit, write --visit-days COLUMN",
    "days": "a length of time: if it is that of a visit, write --visit-days COLUMN",
} | dict.fromkeys(
    [
        "excl",
        "exclude",
        "excluded",
        "exclusion",
        "include",
        "included",
        "analysed",
        "analyzed",
        "evaluable",
        "valid",
        "itt",
        "mitt",
        "pp",
        "per_protocol",
        "fas",
        "population",
        "protocol_violation",
        "protocol_deviation",
        "deviation",
        "locf",
        "imputed",
    ],
    "it may select rows: keep those you mean with --where COLUMN=VALUE",
)

CONTROLS = (
    "placebo", "control", "sham", "usual care", "standard care", "waiting list", "wait list", "no treatment", "pbo",
    "placebo group", "control group", "placebo arm", "control arm", "plazebo", "placebogruppe", "plazebogruppe",
    "kontrolle", "kontrollgruppe", "kontrollarm", "scheinmedikament", "scheinbehandlung", "temoin", "groupe temoin",
    "controle", "groupe controle", "groupe placebo", "grupo control", "grupo placebo", "grupo controle", "controllo",
    "gruppo placebo", "gruppo di controllo",
)  # fmt: skip
YES, NO = ("yes", "y", "true"), ("no", "n", "false")
SCORE = re.compile(
    r"score|scale|index|midas|hit_?6|vas|nrs|sf_?(36|12)|eq_?5d|hads|phq|gad_?7|msq|mibs|bdi|hamd|madrs|qol|disability|"
    r"pain|intensity|severity"
)
CHANGE = re.compile(rf"p?chg|(percent_)?change(_from_baseline)?|delta|cfb|({'|'.join(other_languages.CHANGES)})(_.*)?")
PERCENT = re.compile(
    r"pct|perc(ent|_|$|\d|days)|per_cent|prozent|pourcent|porcent|(^|_)prop(_|\d|$|days|of)|proport|anteil|"
    r"(^|_)quota|fraction|(^|_)share"
)
PERCENT_LABEL = re.compile(r"\s*(%|per ?cent|proportion|share|prozent|anteil|pourcent|porcent|quota)|.*\(%\)\s*")
DAYS = re.compile(r"(^|_)(days?|jours?|dias?|giorn[io])(_|$)|tage$|(^|_)tage_|migday|hdday|mmd|mhd|^headache$|rescday")


def kind_of(endpoint: str) -> str:
    """Return the kind of an endpoint by its folded name: ``change``, ``score``, ``days`` or ``count``."""
    if CHANGE.fullmatch(endpoint):
        return "change"
    if DAYS.search(endpoint):
        return "days"
    return "score" if SCORE.search(endpoint) else "count"
