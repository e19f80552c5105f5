"""Write the JSON schemas of what every command prints into ``docs/schemas``."""

import json
from pathlib import Path

from leao.cli.contracts import CONTRACTS, schema
from leao.core import files

FOLDER = Path(__file__).parents[1] / "docs" / "schemas"


def main() -> None:
    """Write one file a command."""
    for name in CONTRACTS:
        files.write_text(FOLDER / f"{name}.schema.json", json.dumps(schema(name), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
