"""Write the claims table into README.md between its two marks; run it after changing claims.toml."""

from __future__ import annotations

import sys
from pathlib import Path

from leao.core.files import write_text
from leao.evidence.claim_table import markdown

START, END = "<!-- claims -->", "<!-- /claims -->"
README = Path(__file__).resolve().parent.parent / "README.md"


def with_claims(text: str) -> str:
    """Return the README's text with today's claims table between the marks."""
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        message = f"README.md: wanted the marks {START} and {END}; add them where the table belongs"
        raise SystemExit(message)
    return f"{before}{START}\n{markdown()}{END}{after}"


def main() -> None:
    """Rewrite README.md, or with --check exit with 1 when it is out of date."""
    text = README.read_text(encoding="utf-8")
    wanted = with_claims(text)
    if "--check" in sys.argv:
        raise SystemExit(int(text != wanted))
    write_text(README, wanted)


if __name__ == "__main__":
    main()
