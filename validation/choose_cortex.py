"""Make the preset ``leao`` and its ensemble of what the searches found.

    python -m validation.choose_cortex docs/validation/cortex_calibration.csv

Reads the rows of validation/calibrate_cortex.py (several starts in one file). For each share of GluN2C and 2D it keeps
those whose loss is at most ``ACCEPTED`` times the best (and at least ``FLOOR``), takes the best (at the share of
``PRESET``: the preset itself) and adds the sets farthest from those taken (in the search's box), until ``WANTED``.
Writes ledgers/cortex/leao.toml and cortex/members.csv.
"""

import csv
import io
import sys
from pathlib import Path

import numpy as np

from leao.core import files
from validation.calibrate_cortex import BOX, TARGETS, into_box

WANTED = 5  # members of each share
PRESET = 0.15  # share of GluN2C and 2D of the preset itself
ACCEPTED = 2.0
FLOOR = 1.0
HERE = Path(__file__).resolve().parents[1] / "src" / "leao"
# name -> unit printed in the ledger, factor from the kernel's unit
PRINTED = {
    "nap": ("cm/s", 1.0),
    "nmda": ("cm/s", 1.0),
    "release": ("uM/s", 1e6),
    "release_sigmoid_half": ("mV", 1.0),
    "release_sigmoid_slope": ("mV", 1.0),
    "pool_depletion": ("1/s", 1.0),
    "pool_refill_time": ("s", 1.0),
    "uptake_time": ("s", 1.0),
    "desensitise_deep": ("1/s", 1.0),
    "resensitise_deep": ("1/s", 1.0),
    "leak_potassium": ("mS/cm^2", 1.0),
    "leak_chloride": ("mS/cm^2", 1.0),
    "kir": ("mS/cm^2", 1.0),
    "glial_coupling": ("dimensionless", 1.0),
    "pump_sodium_neuron": ("mM", 1e3),
    "stiffness": ("mM", 1e3),
    "ecs_floor": ("dimensionless", 1.0),
    "vascular_exchange": ("1/s", 1.0),
    "water_permeability": ("cm^4/mmol/s", 1.0),
    "kdr": ("cm/s", 1.0),
    "nmda_sodium_share": ("dimensionless", 1.0),
}
HEAD = """stage = "cortex"
extends = "cortex/tuttle2019"

# An NMDA-dependent, refractory wave with the receptors' own kinetics, found by search (validation/calibrate_cortex.py):
# member 0 of cortex/members.csv. Fitted to the wave's physiology and to antagonists other than memantine. Sets,
# not identified values: `uncertainty` is the spread over the members, which are drawn together, never one by one.
"""
FIXED = """
[release_gaussian]
value  = 0
unit   = "dimensionless"
source = "leao2026"
where  = "form of the release activation"
tier   = "fitted"
note   = "Sigmoid activation, as of presynaptic calcium channels: 10 to 15 mM K+ must release glutamate."

[magnesium]
value  = 1.0
unit   = "mM"
source = "haensch2010"
where  = "abstract: normal human CSF 0.97 +- 0.08 mM, n = 75, rounded"
tier   = "borrowed"
note   = "Total Mg in CSF stands for free Mg2+ around neurons."

[receptor_kinetics]
value  = 1
unit   = "dimensionless"
source = "leao2026"
where  = "kinetic schemes of ledgers gating/2A, 2B, 2C, 2D, reduced to eight slow states"
tier   = "derived"
note   = "1: the kinetic schemes of the four subtypes, in the receptor ledger's shares."

[gating_speed]
value  = 3
unit   = "dimensionless"
source = "assumed"
tier   = "assumed"
note   = "Rates of the receptors, drug included, at body temperature over those at room temperature, where measured."

[share_2C_2D]
value  = 0.15
unit   = "dimensionless"
source = "assumed"
tier   = "assumed"
note   = "The receptor ledger's central share. Members were searched at several shares each,"
"""


def rows(path: Path) -> list[dict[str, float]]:
    """Return all rows of the search, best first."""
    with path.open(encoding="utf-8") as text:
        sets = [{key: float(value) for key, value in row.items() if value} for row in csv.DictReader(text)]
    return sorted((row for row in sets if all(name in row for name in TARGETS)), key=lambda row: row["loss"])


def choose(sets: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the members of one share: the best, then the farthest from those taken among the accepted."""
    limit = max(ACCEPTED * sets[0]["loss"], FLOOR)
    good = [row for row in sets if row["loss"] <= limit]
    places = np.array([into_box({name: row[name] for name in BOX}) for row in good])
    taken = [0]
    while len(taken) < min(WANTED, len(good)):
        apart = np.min(np.linalg.norm(places[:, None] - places[taken], axis=2), axis=1)
        taken.append(int(np.argmax(apart)))
    share, best = sets[0]["share_2C_2D"], sets[0]["loss"]
    print(f"share {share:g}: {len(good)} of {len(sets)} sets within {limit:.3g}; best {best:.3g}", file=sys.stderr)
    return [good[index] for index in taken]


def members(sets: list[dict[str, float]]) -> list[dict[str, float]]:
    """Return the members of all shares, the preset's own share first."""
    shares = sorted({row["share_2C_2D"] for row in sets}, key=lambda share: (share != PRESET, share))
    return [row for share in shares for row in choose([row for row in sets if row["share_2C_2D"] == share])]


def ledger_text(members: list[dict[str, float]]) -> str:
    """Return the preset's ledger."""
    out = [HEAD]
    for name, (unit, factor) in PRINTED.items():
        values = factor * np.array([row[name] for row in members])
        if np.all(values > 0.0):
            spread = f'dist = "lognormal", sd_log = {np.std(np.log(values)):.3g}'
        else:
            spread = f'dist = "normal", sd = {np.std(values):.3g}'
        out += [
            f"[{name}]",
            f"value  = {values[0]:.5g}",
            f'unit   = "{unit}"',
            'source = "leao2026"',
            'where  = "search of validation/calibrate_cortex.py, best set"',
            'tier   = "fitted"',
            f"uncertainty = {{ {spread} }}",
            f'note   = "Members range from {values.min():.3g} to {values.max():.3g}."',
            "",
        ]
    return "\n".join(out).rstrip() + "\n" + FIXED


def main() -> None:
    """Write the ledger and the members."""
    chosen = members(rows(Path(sys.argv[1])))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["member", "start", "loss", "share_2C_2D", *BOX])
    for number, row in enumerate(chosen):
        values = [float(f"{row[name] * PRINTED[name][1]:.5g}") / PRINTED[name][1] for name in BOX]
        head = [number, int(row["start"]), f"{row['loss']:.4g}", f"{row['share_2C_2D']:g}"]
        writer.writerow([*head, *(f"{value:.8g}" for value in values)])
    files.write_text(HERE / "cortex" / "members.csv", text.getvalue())
    files.write_text(
        HERE / "ledgers" / "cortex" / "leao.toml", ledger_text([row for row in chosen if row["share_2C_2D"] == PRESET])
    )


if __name__ == "__main__":
    main()
