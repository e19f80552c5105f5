"""Functions without a door to Python (``**INNER``): only compiled code calls them; called from Python they end it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.property

ROOT = Path(__file__).resolve().parents[2]
KERNELS = "leao.cortex.kernels"


def decorated(function: ast.FunctionDef, word: str) -> bool:
    """Return whether a decorator of a function holds a name."""
    return any(getattr(node, "id", "") == word for line in function.decorator_list for node in ast.walk(line))


def without_door() -> dict[str, set[str]]:
    """Return the functions of each kernel that have no door to Python."""
    return {
        path.stem: {
            node.name
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef) and decorated(node, "INNER")
        }
        for path in (ROOT / "src" / "leao" / "cortex" / "kernels").glob("*.py")
    }


def of_python(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes of a file but for those inside compiled functions."""
    for child in ast.iter_child_nodes(tree):
        if not (isinstance(child, ast.FunctionDef) and decorated(child, "njit")):
            yield child
            yield from of_python(child)


def uses(tree: ast.AST, inner: dict[str, set[str]]) -> list[str]:
    """Return the inner functions that a file names outside compiled code, its imports apart."""
    modules: dict[str, str] = {}
    functions: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=module, names=names) if module == KERNELS:
                modules |= {each.asname or each.name: each.name for each in names}
            case ast.ImportFrom(module=str() as module, names=names) if module.startswith(f"{KERNELS}."):
                here = inner[module.rpartition(".")[2]]
                functions |= {each.asname or each.name for each in names if each.name in here}
            case _:
                pass
    wrong = []
    for node in of_python(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=alias), attr=name) if name in inner.get(modules.get(alias, ""), ()):
                wrong.append(f"{alias}.{name}:{node.lineno}")
            case ast.Name(id=name) if name in functions:
                wrong.append(f"{name}:{node.lineno}")
            case _:
                pass
    return wrong


def test_no_inner_function_is_called_from_python():
    inner = without_door()
    assert len(inner["line"]) > 5 and len(inner["membrane"]) > 5
    seen = {}
    for folder in ("src", "tests", "validation", "benchmarks", "docs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            wrong = uses(ast.parse(path.read_text(encoding="utf-8")), inner)
            if wrong:
                seen[path.relative_to(ROOT).as_posix()] = wrong
    assert seen == {}


def test_the_search_sees_a_call():
    """Both ways to name one, and not the one inside a compiled function."""
    text = (
        f"from {KERNELS} import line as kernel\nfrom {KERNELS}.glutamate import cycle\n"
        "@njit\ndef door(t):\n    cycle(t)\n    kernel.move(t)\n\ndef call(t):\n    cycle(t)\n    kernel.move(t)\n"
    )
    assert uses(ast.parse(text), without_door()) == ["cycle:9", "kernel.move:10"]
