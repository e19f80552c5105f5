"""What would narrow the verdict, as rows of its page: total Sobol indices that ``validation/sobol_cortex.py`` wrote."""

from __future__ import annotations

import tomllib
from typing import Any

from validation.page import FOLDER, cells, table

TABLE = FOLDER / "cortex_sobol.toml"
WORTH = 0.02  # a share of the variance below this is left out


def rows() -> list[str]:
    """Return the leading numbers of the threshold at each level and of the attacks prevented."""
    kept = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    lines = [
        f"Total Sobol indices (share of the variance in which a number has a hand; they may add up to more than 1), N ="
        f" {kept['n']}, seed {kept['seed']}, preset `{kept['preset']}` with its weights, read-outs"
        f" {', '.join(f'`{name}`' for name in kept['read_outs'])}, by `python -m validation.sobol_cortex`.",
        "",
        *table(("of", "rise, % (median, 90 % range)", "numbers: total index (± 95 %), of which alone")),
    ]
    for level, indices in kept["threshold"].items():
        low, middle, high = indices["rise_percent"]
        numbers = {name: triple for name, triple in indices.items() if name != "rise_percent"}
        rise = f"{middle:g} ({low:g} to {high:g})"
        lines.append(cells(f"ln threshold at {level} free", rise, leading(numbers)))
    return [*lines, cells("ln of the fall of attacks, 10 mg a day", "-", leading(kept["rate_ratio"]))]


def leading(indices: dict[str, Any]) -> str:
    """Return the numbers with a share worth naming, by falling total index."""
    largest = sorted(indices.items(), key=lambda item: -item[1][1])
    return "; ".join(
        f"{name} {total:.2f} ± {error:.2f}, alone {max(first, 0.0):.2f}"
        for name, (first, total, error) in largest
        if total >= WORTH
    )
