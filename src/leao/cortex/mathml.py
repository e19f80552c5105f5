"""Formulas as text turned into MathML: sums, products, powers, exp, ln, sqrt and a choice, as Python writes them."""

from __future__ import annotations

import ast
from xml.etree import ElementTree as Xml

MATH = "http://www.w3.org/1998/Math/MathML"
_BINARY = {ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide", ast.Pow: "power"}
_CALLS = {"exp": "exp", "ln": "ln", "sqrt": "root"}


def append(parent: Xml.Element, formula: str) -> None:
    """Append ``formula`` to ``parent`` as a ``math`` element."""
    _expression(Xml.SubElement(parent, "math", {"xmlns": MATH}), ast.parse(formula, mode="eval").body)


def _expression(parent: Xml.Element, formula: ast.expr) -> None:
    if isinstance(formula, ast.Name):
        Xml.SubElement(parent, "ci").text = formula.id
    elif isinstance(formula, ast.Constant):
        _number(parent, float(str(formula.value)))
    elif isinstance(formula, ast.IfExp) and isinstance(formula.test, ast.Compare):
        chosen = Xml.SubElement(parent, "piecewise")
        piece = Xml.SubElement(chosen, "piece")
        _expression(piece, formula.body)
        _apply(piece, "gt", [formula.test.left, *formula.test.comparators])
        _expression(Xml.SubElement(chosen, "otherwise"), formula.orelse)
    elif isinstance(formula, ast.BinOp):
        _apply(parent, _BINARY[type(formula.op)], [formula.left, formula.right])
    elif isinstance(formula, ast.UnaryOp) and isinstance(formula.op, ast.USub):
        _apply(parent, "minus", [formula.operand])
    elif isinstance(formula, ast.Call) and isinstance(formula.func, ast.Name):
        _apply(parent, _CALLS[formula.func.id], formula.args)
    else:
        raise ValueError(f"formula: {ast.unparse(formula)!r} has no MathML here")


def _apply(parent: Xml.Element, operator: str, arguments: list[ast.expr]) -> None:
    applied = Xml.SubElement(parent, "apply")
    Xml.SubElement(applied, operator)
    for argument in arguments:
        _expression(applied, argument)


def _number(parent: Xml.Element, value: float) -> None:
    mantissa, _, exponent = repr(value).partition("e")
    number = Xml.SubElement(parent, "cn")
    number.text = mantissa
    if exponent:
        number.set("type", "e-notation")
        Xml.SubElement(number, "sep").tail = str(int(exponent))
