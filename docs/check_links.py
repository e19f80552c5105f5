"""Every link inside the built documentation leads to a page that is there, and to a heading on it.

    python docs/check_links.py docs/_build/html

Links to the outside are counted and not followed: the pages are built without a network.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

MADE = ("search.html", "genindex.html", "py-modindex.html")  # by Sphinx, with scripts that fill them


class Page(HTMLParser):
    """What a page links to, and the names on it that can be linked to."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.links: list[str] = []
        self.names: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in links, pictures, scripts, and names."""
        for name, value in attrs:
            if value and ((tag, name) in (("a", "href"), ("link", "href")) or name == "src"):
                self.links.append(value)
            if value and (name == "id" or (tag == "a" and name == "name")):
                self.names.add(value)


def broken(root: Path) -> Iterator[str]:
    """Give a line for each link that leads nowhere."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in sorted(root.rglob("*.html"))}
    for path, page in pages.items():
        if path.name in MADE:
            continue
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{path.relative_to(root)}: {link}: no such file"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].names:
                yield f"{path.relative_to(root)}: {link}: no such heading"


def main() -> int:
    """Print the links that lead nowhere; exit with 1 where there are any."""
    root = Path(sys.argv[1]).resolve()
    lines = list(broken(root))
    sys.stderr.writelines(f"{line}\n" for line in lines)
    sys.stderr.write(f"{len(lines)} broken links\n" if lines else "")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
