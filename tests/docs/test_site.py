"""The documentation: links inside lead somewhere, its reference is written from the code, its cells are Python."""

import ast
import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

pytestmark = pytest.mark.published

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if not {"_build", "reference"} & set(path.parts))
LINK = re.compile(r"\]\(([^)\s]+)\)")
CELL = re.compile(r"^```\{code-cell\} python\n(.*?)^```", re.DOTALL | re.MULTILINE)
WRITTEN = {"reference/cli.md", "reference/api.md", "reference/numbers.md", "reference/contracts.md"}


@pytest.fixture(scope="module")
def docs():
    sys.path.insert(0, str(DOCS))
    try:
        return import_module("check_links"), import_module("generate")
    finally:
        sys.path.remove(str(DOCS))


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_links_between_pages_lead_somewhere(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path = link.partition("#")[0]
        if "://" in link or not path or link.startswith("mailto:"):
            continue
        target = (page.parent / path).resolve()
        assert target.exists() or target.relative_to(DOCS).as_posix() in WRITTEN, f"{page.name}: {link}"


def test_every_page_stands_in_the_tables_of_contents():
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    for page in PAGES:
        name = page.relative_to(DOCS).with_suffix("").as_posix()
        assert name == "index" or name.startswith("validation/") or re.search(rf"^{name}$", index, re.MULTILINE), name


@pytest.mark.parametrize("page", [page for page in PAGES if CELL.search(page.read_text(encoding="utf-8"))],
                         ids=lambda path: path.stem)  # fmt: skip
def test_cells_are_python_that_calls_what_exists(page):
    import leao

    for cell in CELL.findall(page.read_text(encoding="utf-8")):
        code = "\n".join(line for line in cell.splitlines() if not line.startswith((":", "%", "---")))
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Attribute) and (names := _dotted(node)) and names[0] == "leao":
                value = leao
                for name in names[1:]:
                    assert hasattr(value, name), f"{page.name}: {'.'.join(names)}"
                    value = getattr(value, name)


def _dotted(node):
    names = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return [node.id, *reversed(names)] if isinstance(node, ast.Name) else []


def test_the_reference_knows_every_command_and_call(docs, tmp_path):
    _, generate = docs
    commands = "\n".join(generate.commands())
    for name in ("run", "sweep", "trial grid", "cortex kcl", "plan", "review"):
        assert f"## `leao {name}`" in commands
    assert "--scheduler" in commands
    calls = "\n".join(generate.calls())
    assert "leao.sweep" in calls
    assert "leao.UnfinishedShard" in calls


def test_a_broken_link_is_seen(docs, tmp_path):
    check, _ = docs
    (tmp_path / "a.html").write_text(
        '<h1 id="top"></h1><a href="b.html#x"></a><a href="#top"></a><img src="no.png"><a href="https://a.b/c"></a>',
        encoding="utf-8",
    )
    (tmp_path / "b.html").write_text('<a href="a.html#nowhere"></a><p id="x"></p>', encoding="utf-8")
    assert list(check.broken(tmp_path)) == [
        "a.html: no.png: no such file",
        "b.html: a.html#nowhere: no such heading",
    ]


def test_the_table_of_numbers_says_where_each_is_used(docs):
    uses = docs[1].Uses()
    assert "exposure/person.py" in uses.of("exposure.clearance_renal_acid")
    assert "diary/process.py" in uses.of("diary.menstrual_during")
    assert "diary/api.py" in uses.of("diary.no_such_number")  # who reads the whole ledger
