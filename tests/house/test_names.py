"""A name says what it holds: words that fit anything name no variable, argument, attribute, function or import."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.property

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "validation", "benchmarks")
WORDS = {"found", "told", "lived", "luck", "own", "one"}
KEYS = {"found", "own"}  # of the JSON contract: what a control gave; a patient's effect beside the shrunken one


def fields(tree: ast.AST) -> set[int]:
    """Return which nodes are the names of a class's fields."""
    classes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return {id(line.target) for node in classes for line in node.body if isinstance(line, ast.AnnAssign)}


def names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield each name that a file gives, with its line; fields and attributes that are keys of the contract apart."""
    keys = fields(tree)
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) if not (id(node) in keys and name in KEYS):
                yield name, node.lineno
            case ast.Attribute(attr=name) if name not in KEYS:
                yield name, node.lineno
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name, node.lineno
            case ast.alias(name=module, asname=name):
                yield name or module, node.lineno
            case _:
                pass


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_name_says_what_it_holds(folder):
    wrong = []
    for path in sorted((ROOT / folder).rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        wrong += [f"{place}:{line} {name}" for name, line in names(tree) if name in WORDS]
    assert wrong == []


def test_what_may_be_missing_is_asked_for_and_not_replaced():
    """``x or {}`` takes an empty answer for a missing one; a typed default or a question says which it is."""
    places = [*(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.j2")]
    assert [path.name for path in places if " or {}" in path.read_text(encoding="utf-8")] == []


def tricks(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Yield what plain code does without: lambdas with defaults, lists times a truth, two conditions in one loop."""
    for node in ast.walk(tree):
        match node:
            case ast.Lambda(args=ast.arguments(defaults=[_, *_])) | ast.Lambda(args=ast.arguments(kw_defaults=[_, *_])):
                yield "lambda with a default", node.lineno
            case ast.BinOp(
                left=ast.List(), op=ast.Mult(), right=ast.Compare() | ast.BoolOp() | ast.Call(ast.Name("bool"))
            ):
                yield "list times a truth", node.lineno
            case ast.comprehension(ifs=[first, _, *_]):
                yield "two conditions in a comprehension", first.lineno
            case _:
                pass


def test_code_is_plain():
    wrong = []
    for path in sorted((ROOT / "src").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(ROOT).as_posix()}:{line} {what}" for what, line in tricks(tree)]
    assert wrong == []
