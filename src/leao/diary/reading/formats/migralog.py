"""MigraLog's JSON export: episodes with readings of intensity, doses and notes, and a status a day, to rows.

Times are counted from 1970 in UTC; the patient's own time needs a zone: from the schedules of medicines in the file,
or from ``--utc``. A day marked green is free and a red one is headache; yellow (a warning, before or after an attack)
is asked about.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from leao.core.errors import ScenarioError
from leao.diary.reading.mapping import Mapping
from leao.diary.reading.sheet import Sheet

HEADER = [
    "date",
    "headache",
    "severity",
    "start",
    "end",
    "symptoms",
    "acute_medication",
    "dose_taken",
    "side_effects",
    "note",
]
STATUS = {"green": "free", "red": "headache"}
SYMPTOMS = {
    "light_sensitivity": "light sensitivity", "sound_sensitivity": "sound sensitivity", "aura": "aura",
    "visual_disturbances": "visual disturbances", "nausea": "nausea", "vomiting": "vomiting",
}  # fmt: skip
EARLIEST, LATEST = 631_152_000_000, 4_102_444_800_000  # ms; 1990 and 2100


def is_json(content: bytes) -> bool:
    """Return whether bytes look like a JSON document."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") and b'"' in content[:10_000]


def read(name: str, content: bytes, mapping: Mapping) -> Sheet:
    """Return the episodes, doses and days of an export.

    Raises:
        ScenarioError: broken JSON, or JSON of another kind.
    """
    del mapping
    try:
        data = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ScenarioError(f"{name}: broken JSON ({' '.join(str(error).split())[:60]}); export it again") from None
    if not isinstance(data, dict) or not isinstance(data.get("episodes"), list):
        raise ScenarioError(
            f"{name}: JSON of a kind that is not known (MigraLog's export is known); save it as CSV with a row a day"
        )
    try:
        rows = _Export(data).rows()
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ScenarioError(
            f"{name}: not as MigraLog writes it ({type(error).__name__}: {str(error)[:40]}); export it as CSV"
        ) from None
    if not rows:
        raise ScenarioError(f"{name}: no episode, dose or day in it")
    zones = sorted({str(each["timezone"]) for each in data.get("medicationSchedules") or [] if each.get("timezone")})
    n_status = len(data.get("dailyStatusLogs") or [])
    understood = [f"MigraLog's export: {len(data['episodes'])} episodes, {n_status} days with a status"]
    numbered = [(k + 1, cells) for k, cells in enumerate(rows)]
    return Sheet(
        name, HEADER, numbered, understood, [], [], "migralog", dict(enumerate(HEADER)),
        zone=zones[0] if len(zones) == 1 else None,
    )  # fmt: skip


class _Export:
    """The parts of an export by the episode to which they belong."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.medicines = {each["id"]: each for each in data.get("medications") or []}
        self.intensity: dict[str, float] = defaultdict(float)
        for each in data.get("intensityReadings") or []:
            self.intensity[each["episodeId"]] = max(self.intensity[each["episodeId"]], float(each["intensity"]))
        self.notes: dict[str, list[str]] = defaultdict(list)
        for each in data.get("episodeNotes") or []:
            self.notes[each["episodeId"]].append(str(each["note"]))

    def rows(self) -> list[list[str]]:
        """Return a row an episode, a dose and a day with a status."""
        return [
            *map(self.episode, self.data["episodes"]),
            *self.doses(),
            *map(self.status, self.data.get("dailyStatusLogs") or []),
        ]

    def episode(self, each: dict[str, Any]) -> list[str]:
        start = _moment(each["startTime"])
        end = _moment(each["endTime"]) if each.get("endTime") else ""
        grade = f"{self.intensity[each['id']]:g}/10" if each["id"] in self.intensity else ""
        symptoms = ", ".join(SYMPTOMS.get(str(symptom), str(symptom)) for symptom in each.get("symptoms") or [])
        written = [str(each.get("notes") or ""), *self.notes.get(each["id"], [])]
        return [
            start,
            "headache",
            grade,
            start,
            end,
            symptoms,
            "",
            "",
            "",
            " / ".join(part for part in written if part),
        ]

    def doses(self) -> list[list[str]]:
        """Return the doses: acute ones by name, memantine's as the dose, other preventives left to the notes."""
        rows = []
        for each in self.data.get("medicationDoses") or []:
            medicine = self.medicines[each["medicationId"]]
            taken = each.get("status", "taken") != "skipped"
            unit = str(each.get("dosageUnit") or medicine.get("dosageUnit") or "")
            amount = float(each.get("dosageAmount") or medicine.get("dosageAmount") or 0) * float(
                each.get("quantity") or 1
            )
            acute = dose = ""
            name = str(medicine["name"])
            if medicine.get("type") == "preventative":
                if "memantin" in name.lower():
                    dose = "yes" if taken else "no"
                    if taken and unit == "mg" and amount:
                        dose = f"{amount:g} {unit}"
            elif taken:
                acute = name
            effects = ", ".join(map(str, each.get("sideEffects") or []))
            note = str(each.get("notes") or "")
            rows.append([_moment(each["timestamp"]), "", "", "", "", "", acute, dose, effects, note])
        return rows

    @staticmethod
    def status(each: dict[str, Any]) -> list[str]:
        """Return a day with a status."""
        status = str(each["status"])
        kind = f" {each['statusType']}" if each.get("statusType") else ""
        return [
            str(each["date"]),
            STATUS.get(status, status + kind),
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            str(each.get("notes") or ""),
        ]


def _moment(milliseconds: Any) -> str:
    """Return a time of the export in UTC, as ISO 8601 writes it."""
    number = int(milliseconds)
    if not EARLIEST <= number <= LATEST:
        raise ValueError(f"time {number}")
    return datetime.fromtimestamp(number / 1000.0, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
