"""The diary of the clinician's tutorial and of the teacher's: made up, seeded, written as a patient would.

python docs/tutorials/data/make.py
"""

from datetime import date, timedelta
from pathlib import Path

import numpy as np

START = date(2026, 1, 5)
DAYS, FIRST_TABLET = 168, 84
NOTES = {
    11: "weather changed",
    40: "aura: zigzag line, 20 min, left",
    97: "dizzy since the second tablet",
    131: "slept badly",
}


def main() -> None:
    """Write ``diary.csv``: 24 weeks, tablets from the thirteenth, some days not filled in."""
    draw = np.random.default_rng(20260105)
    lines, ill = ["Date,Headache,Pain (0-10),Medicine,Note"], False
    for day in range(DAYS):
        chance = (0.52 if ill else 0.24) * (0.62 if day >= FIRST_TABLET + 7 else 1.0)
        ill = bool(draw.random() < chance)
        pain = int(draw.integers(4, 10)) if ill else 0
        medicine = "sumatriptan 50 mg" if ill and pain >= 7 else ("ibuprofen" if ill and pain >= 5 else "none")
        if draw.random() < 0.05:
            continue
        cells = (
            (START + timedelta(day)).isoformat(),
            "yes" if ill else "no",
            str(pain),
            medicine,
            f'"{NOTES.get(day, "")}"',
        )
        lines.append(",".join(cells))
    Path(__file__).with_name("diary.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
