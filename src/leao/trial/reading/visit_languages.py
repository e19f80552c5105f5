"""Words of visits in German, Spanish, French, Italian and Portuguese, put into the English ones that are parsed.

Only what means one thing: "Monat 2", "semaine 4", "Ausgangswert". "suivi" may be any visit and is asked about.
"""

from __future__ import annotations

import re
import unicodedata

_UNITS = {
    "month": "monat monate monats mes meses mois mese mesi",
    "week": "woche wochen semana semanas semaine semaines settimana settimane",
    "day": "tag tage dia dias jour jours giorno giorni",
    "visit": "visite visita visitas",
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_ORDINALS = (
    "first erste erster erstes primer primero primera premier premiere primo prima primeiro primeira",
    "second zweite zweiter zweites segundo segunda deuxieme seconde secondo seconda",
    "third dritte dritter drittes tercer tercero tercera troisieme terzo terza terceiro terceira",
    "fourth vierte vierter viertes cuarto cuarta quatrieme quarto quarta",
    "fifth funfte funfter funftes quinto quinta cinquieme",
    "sixth sechste sechster sechstes sexto sexta sixieme sesto sesta",
)
_ORDINAL = {word: str(number) for number, words in enumerate(_ORDINALS, 1) for word in words.split()}
_COUNTED = re.compile(r"(\d+)\s*(?:\.|st|nd|rd|th|er|ere|e|eme|do|da|to|ta|o|a)?\s+(month|week|day|visit)")
_WHOLE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "baseline",
        re.compile(
            r"ausgangs(wert|visite|lage|untersuchung)|studien(beginn|einschluss)|einschluss(visite)?|basis(wert|visite)|"
            r"(visita |valor |periodo )?basal|(visita |valore )?basale|linea (de )?bas(e|ale)|linha de base|"
            r"(visite |valeur |visita |valor )?initiale?|(visita |valor )?inici?ale?|(visite d'|visita de )?inclusi?on|"
            r"enrol?lment"
        ),
    ),
    ("follow-up", re.compile(r"nachbeobachtung|nachsorge")),
    ("end of study", re.compile(r"studienende|fin d(el|'|e l'|e) ?(estudio|etude)|fine (dello )?studio|fim do estudo")),
    ("early termination", re.compile(r"(studien|therapie|vorzeitiger )?abbruch|abandono|arret premature")),
)


def folded(text: str) -> str:
    """Return a text without capitals, accents and spare blanks."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.replace("’", "'").split())


def in_english(text: str) -> str:
    """Return a visit's words in English where they are known in another language, else as they stand."""
    word = folded(text)
    for english, pattern in _WHOLE:
        if pattern.fullmatch(word):
            return english
    if re.fullmatch(r"j[\s._-]*-?\d+", word):  # J28, "jour 28"
        return "day " + word[1:].strip(" ._")
    parts = [_UNIT.get(part, part) for part in re.split(r"(?<=[^\W\d])(?=\d)|\s+", word)]
    if len(parts) == 2 and parts[0] in _ORDINAL and parts[1] in _UNITS:
        return f"{parts[1]} {_ORDINAL[parts[0]]}"
    counted = _COUNTED.fullmatch(" ".join(parts))
    if counted is not None:
        return f"{counted[2]} {counted[1]}"
    return " ".join(parts) if any(part in _UNIT.values() for part in parts) else " ".join(text.casefold().split())
