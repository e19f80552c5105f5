"""What was dear to compute for the sheet's page, kept as soon as it is known: a run that is stopped goes on.

``docs/validation/sheet_kept.json`` by name; delete it, or a name in it, to compute anew. JSON has no
infinity and no NaN: these are kept as text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping

from leao.core import files
from validation.cortex_targets import DOCS

FILE = DOCS / "sheet_kept.json"


def once(name: str, make: Callable[[], Mapping[str, float]]) -> dict[str, float]:
    """Return the numbers kept under ``name``, computed and kept where they are not."""
    known = _read()
    if name not in known:
        numbers = dict(make())
        kept = {key: value if math.isfinite(value) else str(value) for key, value in numbers.items()}
        files.write_text(files.forget(FILE), json.dumps(_read() | {name: kept}, indent=1, ensure_ascii=False) + "\n")
        return numbers
    return {key: float(value) for key, value in known[name].items()}


def _read() -> dict[str, dict[str, float | str]]:
    return json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}
