"""The words of pharmacometric tables: which column is what, which are known as harmless, which stop the run.

Names are compared folded (case, blanks and punctuation do not count). Three dialects are known: NONMEM (ID, TIME,
EVID, AMT, ...; ADVAN2/TRANS2 and ADVAN4/TRANS4 parameters), Monolix (CENS, YTYPE, TINF) and CDISC's ADPPK (USUBJID,
AFRLT, BLQFL, ALLOQ, AVALU, WTBL). Sources: NONMEM 7 help (data items), Monolix documentation (column types), CDISC
ADaM Basic Data Structure for ADPPK 1.0.
"""

from __future__ import annotations

import re
from itertools import chain

from leao.core.tables import fold

ROLES: dict[str, tuple[str, ...]] = {  # what a column is, and its names in order of precedence
    "ID": ("id", "usubjid", "subjid", "subject"),
    "TIME": ("time", "afrlt"),
    "DATE": ("date", "dat1", "dat2", "dat3"),
    "DAY": ("day",),
    "STAMP": ("adtm", "astdtm", "datetime", "dtc", "pcdtc", "exstdtc"),
    "EVID": ("evid",),
    "AMT": ("amt",),
    "CMT": ("cmt",),
    "RATE": ("rate",),
    "TINF": ("tinf", "dur"),
    "II": ("ii",),
    "ADDL": ("addl",),
    "SS": ("ss",),
    "MDV": ("mdv",),
    "DV": ("dv",),
    "DVID": ("dvid", "ytype", "obsid", "dvname", "paramcd", "pctestcd", "analyte", "pcspec", "matrix", "specimen"),
    "CENS": ("cens", "blq", "blqfl", "blqfn"),
    "LLOQ": ("lloq", "alloq", "loq"),
    "BASIS": ("basis",),
    "TIMEU": ("timeu", "afrltu", "time_unit"),
    "AMTU": ("amtu", "doseu", "exdosu", "amt_unit"),
    "DVU": ("dvu", "avalu", "dvunit", "dv_unit"),
    "C": ("c",),
    "EXCL": ("excl", "exclude", "exclfl", "exclf"),
    "ROUTE": ("route",),
    "WT": ("wt", "wtbl", "weight", "bwt"),
    "CRCL": ("crcl", "crclbl", "clcr"),
    "PH": ("ph", "uph", "urine_ph"),
    "CL": ("cl",),
    "V": ("v", "vc"),
    "V1": ("v1",),
    "V2": ("v2", "vp"),
    "V3": ("v3",),
    "KA": ("ka",),
    "Q": ("q",),
    "ALAG": ("alag", "alag1", "tlag", "lag"),
    "F1": ("f1",),
    "D1": ("d1",),
    "D2": ("d2",),
    "R1": ("r1",),
    "R2": ("r2",),
}
KNOWN = frozenset(chain.from_iterable(ROLES.values()))
AGREE = ("ID", "TIME", "LLOQ")  # a second column of these roles must say the same; of the others it is left unread
REQUIRED = ("ID", "AMT")

HARMLESS = frozenset(
    [
        "ipred",
        "simdv",
        "rep",
        "pred",
        "res",
        "wres",
        "iwres",
        "iwresid",
        "cwres",
        "npde",
        "freebr",
        "eta1",
        "eta2",
        "eta3",
        "tad",
        "tsld",
        "arrlt",
        "nfrlt",
        "nrrlt",
        "npcrlt",
        "age",
        "agebl",
        "ageu",
        "sex",
        "sexn",
        "race",
        "racen",
        "ethnic",
        "ethnicn",
        "ht",
        "htbl",
        "bmi",
        "bmibl",
        "bsa",
        "lbw",
        "study",
        "studyid",
        "siteid",
        "site",
        "country",
        "region",
        "visit",
        "visitnum",
        "avisit",
        "avisitn",
        "trt",
        "trtp",
        "trta",
        "trt01p",
        "trt01a",
        "arm",
        "actarm",
        "dose",
        "dosea",
        "dosep",
        "dosgrp",
        "dosegrp",
        "group",
        "cohort",
        "occ",
        "period",
        "seq",
        "aseq",
        "row",
        "line",
        "lineno",
        "recno",
        "rownum",
        "obs_no",
        "subjn",
        "name",
        "initials",
        "comment",
        "comments",
        "note",
        "notes",
        "remark",
        "remarks",
        "param",
        "paramn",
        "paramcat",
        "domain",
        "apolicy",
        "projid",
        "projidn",
        "sequence",
        "regimen",
    ]
)
_LEVELS = "levels are read from DV; rename this column to DV if it holds them"
_ROWS = "it tells derived or imputed rows, which are not levels; remove them from the file"
_MICRO = "rate constants are not read; give CL, V, KA (and Q, V2)"
_KIDNEY = "the kidneys' function is read from CRCL (creatinine clearance, mL/min)"
UNIT = "a unit, but of what? name the column TIMEU, AMTU or DVU"
TRADE: dict[str, str] = (
    dict.fromkeys(("conc", "cp", "conct", "level", "aval", "cobs", "concentration", "y"), _LEVELS)
    | dict.fromkeys(("lndv", "logdv", "ldv"), "levels are read from DV on their own scale; give DV in ng/mL")
    | {"dtype": _ROWS}
    | dict.fromkeys(("k", "ke", "kel", "k10", "k12", "k21", "k20", "k23", "k32", "alpha", "beta"), _MICRO)
    | dict.fromkeys(("egfr", "egfrbl", "gfr", "scr", "creat", "creatbl", "screat", "creatinine"), _KIDNEY)
    | dict.fromkeys(("unit", "units"), UNIT)
    | dict.fromkeys(("alag2", "f2", "s1", "s2", "f3"), "read are ALAG1 and F1 of the gut; others are not")
    | dict.fromkeys(("vss", "vz"), "volumes are read from V (and Q, V2)")
    | {"adm": "the route is read from CMT: 1 is the gut, 2 the central compartment"}
)
# Flags: they stop the run where they are not the same on every row.
FLAGS = frozenset(
    [
        "flag",
        "flags",
        "ignore",
        "omit",
        "drop",
        "del",
        "delete",
        "deleted",
        "outlier",
        "outliers",
        "bad",
        "valid",
        "keep",
        "use",
        "include",
        "incl",
        "excluded",
    ]
)
FLAG = "a flag that may select rows; take the rows out, or name the column EXCL (Y or 1: left out)"
QUANTITY = "it tells more than one quantity beside {0}; keep one of the two columns"
WITH_UNIT = re.compile(r"^(.+?)\s*[(\[]\s*([^)\]]*?)\s*[)\]]$")

# Units that a column may have, as a factor on hours, mg and ng/mL; a prefix is exact, not a physical number.
TIME_UNITS = {"h": 1.0, "hr": 1.0, "hrs": 1.0, "hour": 1.0, "hours": 1.0, "d": 24.0, "day": 24.0, "days": 24.0}
TIME_UNITS |= {"min": 1 / 60, "mins": 1 / 60, "minute": 1 / 60, "minutes": 1 / 60, "s": 1 / 3600, "sec": 1 / 3600}
TIME_UNITS |= {"week": 168.0, "weeks": 168.0}
AMOUNT_UNITS = {"mg": 1.0, "g": 1e3, "ug": 1e-3, "mcg": 1e-3, "ng": 1e-6}
LEVEL_UNITS = {"ng/ml": 1.0, "ug/l": 1.0, "mcg/l": 1.0, "mg/l": 1e3, "ug/ml": 1e3, "mcg/ml": 1e3, "pg/ml": 1e-3}
LEVEL_UNITS |= {"g/l": 1e6, "mg/ml": 1e6, "ng/l": 1e-3, "ug/dl": 10.0, "mcg/dl": 10.0, "mg/dl": 1e4, "pg/ul": 1.0}
MOLAR_UNITS = {"nmol/l": 1.0, "nm": 1.0, "umol/l": 1e3, "um": 1e3, "mmol/l": 1e6, "mm": 1e6, "pmol/ml": 1.0}


def plain_unit(text: str) -> str:
    """Return a unit without case, blanks and the two letters for micro."""
    bare = "".join(text.split()).casefold().replace("\N{MICRO SIGN}", "u").replace("\N{GREEK SMALL LETTER MU}", "u")
    return bare.replace("ml^-1", "/ml").replace("*", "")


def without_unit(header: str) -> str:
    """Return a column's folded name without the unit in brackets behind it."""
    name, _ = split_unit(header)
    return name


def split_unit(header: str) -> tuple[str, str | None]:
    """Return a column's folded name and the unit in brackets behind it: ``DV (ng/mL)`` is ``dv`` in ``ng/mL``."""
    matched = WITH_UNIT.match(header)
    if matched and fold(matched[1]) in KNOWN:
        return fold(matched[1]), matched[2] or None
    return fold(header), None
