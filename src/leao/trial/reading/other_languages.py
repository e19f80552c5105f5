"""Names of a trial table's columns in German, Spanish, French, Italian and Portuguese, folded (``tables.fold``)."""

from __future__ import annotations

import re

from leao.trial.reading.visit_languages import folded

NAMES: dict[str, tuple[str, ...]] = {
    role: tuple(names.split())
    for role, names in {
        "subject": "patientennummer patienten_id patienten_nr probandennummer teilnehmer studienteilnehmer paciente "
        "id_paciente paciente_id numero_paciente numero_de_paciente sujeto participante id_patient patient_no "
        "numero_patient numero_de_patient sujet participant_no paziente id_paziente numero_paziente soggetto "
        "partecipante sujeito id_do_paciente",
        "arm": "therapy therapie terapia behandlungsgruppe "
        "behandlungsarm studienarm therapiegruppe therapiearm behandlung gruppe brazo "
        "brazo_de_tratamiento grupo_de_tratamiento tratamiento grupo bras bras_de_traitement groupe_de_traitement "
        "traitement groupe braccio braccio_di_trattamento gruppo_di_trattamento trattamento gruppo braco "
        "braco_de_tratamento grupo_de_tratamento tratamento",
        "visit": "visita visite monat mes mois mese woche semana semaine settimana zeitpunkt",
        "day": "studientag dia_de_estudio jour_d_etude giorno_di_studio dia_do_estudo",
        "value": "attacken anfalle migranetage kopfschmerztage ataques crisis_de_migrana dias_de_migrana "
        "dias_con_migrana dias_de_cefalea crises crises_de_migraine jours_de_migraine jours_de_cephalee attacchi "
        "giorni_di_emicrania giorni_di_cefalea crises_de_enxaqueca dias_de_enxaqueca dias_de_cefaleia valor valeur "
        "valore wert",
        "baseline": "ausgangswert basiswert valor_basal basal valeur_initiale valeur_de_base valore_basale "
        "linea_de_base linha_de_base",
        "age": "alter edad eta idade",
        "sex": "geschlecht sexo sexe sesso",
    }.items()
}
SITES = ("zentrum", "studienzentrum", "prufzentrum", "centro", "centre_no", "hopital", "ospedale", "sitio")
CHANGES = ("veranderung", "anderung", "cambio", "changement", "variazione", "cambiamento", "mudanca", "variacao")
_WOMEN = frozenset(
    ("f", "fem", "female", "w", "weiblich", "woman", "women", "girl", "frau", "femenino", "femenina", "mujer", "femme",
     "feminin", "feminine", "donna", "femmina", "mulher", "feminino", "feminina")
)  # fmt: skip
_MEN = frozenset(
    ("m", "male", "man", "men", "boy", "mann", "mannlich", "masculino", "hombre", "h", "varon", "homme", "masculin",
     "uomo", "maschio", "maschile", "homem", "masc")
)  # fmt: skip


def women_of(everybody: list[str], here: list[str]) -> tuple[int, int]:
    """Return how many of ``here`` are women, of those whose sex is known.

    Args:
        everybody: what the column of sex says in all rows: M beside H is mujer beside hombre.
        here: what it says of the people who are counted.
    """
    women, men = _WOMEN, _MEN
    words = set(map(_first_word, everybody))
    if words >= {"m", "h"} and not words & {"f", "w"}:
        women, men = women | {"m"}, men - {"m"}
    said = list(map(_first_word, here))
    return sum(word in women for word in said), sum(word in women or word in men for word in said)


def _first_word(cell: str) -> str:
    return next(iter(re.findall(r"[^\W\d_]+", folded(cell))), "")
