"""Names of months and weekdays in six languages, without accents, whole and short."""

from __future__ import annotations

from functools import cache

from leao.diary.reading.words import bare

MONTHS = {
    1: "january januar enero janvier gennaio janeiro jan ene janv gen janner",
    2: "february februar febrero fevrier febbraio fevereiro feb fev fevr feber",
    3: "march marz maerz marzo mars marco mar mrz maer",
    4: "april abril avril aprile apr abr avr",
    5: "may mai mayo maggio maio mag",
    6: "june juni junio juin giugno junho jun giu",
    7: "july juli julio juillet luglio julho jul juil lug",
    8: "august agosto aout aug ago",
    9: "september septiembre septembre settembre setembro sep sept set setiembre",
    10: "october oktober octubre octobre ottobre outubro oct okt ott out",
    11: "november noviembre novembre novembro nov",
    12: "december dezember diciembre decembre dicembre dezembro dec dez dic",
}
WEEKDAYS = frozenset(
    [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "sonnabend",
        "mo",
        "di",
        "mi",
        "do",
        "fr",
        "sa",
        "so",
        "lunes",
        "martes",
        "miercoles",
        "jueves",
        "viernes",
        "sabado",
        "domingo",
        "lun",
        "mar",
        "mie",
        "jue",
        "vie",
        "sab",
        "dom",
        "lundi",
        "mardi",
        "mercredi",
        "jeudi",
        "vendredi",
        "samedi",
        "dimanche",
        "mer",
        "jeu",
        "ven",
        "sam",
        "dim",
        "lunedi",
        "martedi",
        "mercoledi",
        "giovedi",
        "venerdi",
        "domenica",
        "gio",
        "segunda",
        "terca",
        "quarta",
        "quinta",
        "sexta",
        "segunda-feira",
        "terca-feira",
        "quarta-feira",
        "quinta-feira",
        "sexta-feira",
        "seg",
        "ter",
        "qua",
        "qui",
        "sex",
    ]
)


@cache
def month_names() -> dict[str, int]:
    """Return the month of each name."""
    return {name: month for month, names in MONTHS.items() for name in names.split()}


def month(text: str) -> int | None:
    """Return the month that a word names in one of six languages, or None."""
    return month_names().get(bare(text))
