"""Write the factors between the units that ledgers, code and users name into ``src/leao/core/unit_factors.csv``.

Pint computes them, to the last bit; a command that meets these units alone need not build pint's registry. A test
computes them again.
"""

import re
from pathlib import Path

from leao.core import files, ledger
from leao.core.errors import LedgerError
from leao.core.units import SHIPPED, computed

SOURCE = Path(__file__).parents[1] / "src" / "leao"
WANTED = re.compile(r'Annotated\[float, "([^"]+)"\]')
TYPED = (
    *("ng", "ug", "mg", "g", "nM", "uM", "mM", "ms", "s", "min", "minute", "h", "hour", "day", "week"),
    *("um", "mm", "cm", "percent", "mV", "V", "mL/min", "L/h", "ng/mL", "ug/mL", "mg/L", "kg"),
)


def rows() -> list[tuple[str, str, float]]:
    """Return unit, wanted unit and factor for every pair of one dimension."""
    written = {number.unit for name in ledger.names() for number in ledger.read(name).numbers.values()}
    code = {unit for path in SOURCE.rglob("*.py") for unit in WANTED.findall(path.read_text(encoding="utf-8"))}
    units = sorted({*written, *code, *TYPED})
    pairs = []
    for unit in units:
        for wanted in units:
            try:
                pairs.append((unit, wanted, computed(unit, wanted)))
            except LedgerError:
                continue
    return pairs


def main() -> None:
    """Write the table."""
    lines = ["unit,wanted,factor", *(f"{unit},{wanted},{factor!r}" for unit, wanted, factor in rows())]
    files.write_text(SOURCE / "core" / SHIPPED, "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
