"""The statistical section of a protocol as one page and as Markdown: the same tables in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from leao.core.result import Result
from leao.report import page as pages
from leao.report import words
from leao.report.topic import Head, Topic


class Part(NamedTuple):
    """One table of the section."""

    title: str
    header: list[str]
    rows: list[list[str]]


def parts(answer: Mapping[str, Any]) -> list[Part]:
    """Return the tables of the section."""
    estimands = [
        [row["estimator"].replace("_", " ") + " (quoted)" * row["quoted"], row["population"], row["treatments"],
         row["variable"], row["intercurrent_events"], row["summary"]]
        for row in answer["estimands"]
    ]  # fmt: skip
    out = [
        Part(
            "Estimands",
            ["estimator", "population", "treatments", "variable", "intercurrent events", "summary"],
            estimands,
        ),
        Part("Design", ["", ""], _facts(answer["design"])),
        Part("Operating characteristics", _HEADER, [_characteristics(row) for row in answer["characteristics"]]),
    ]
    if answer["looks"]:
        out.append(Part("Looks before the end", [""], [[text] for text in answer["looks"]]))
    out += [
        Part("Analysis", ["", ""], _facts(answer["analysis"])),
        Part("Missing data", ["", ""], _facts(answer["missing_data"])),
        Part("Tables (ADaM)", ["table", "variable", "type"],
             [[row["table"], row["variable"], row["type"]] for row in answer["shells"]]),
    ]  # fmt: skip
    return out


def markdown(answer: Mapping[str, Any]) -> str:
    """Return the section as Markdown."""
    lines = [f"# {answer['scenario']}: statistical section", "", answer["what"], "", about(answer), ""]
    if answer["caution"]:
        lines += [answer["caution"], ""]
    for part in parts(answer):
        lines += [f"## {part.title}", "", _row(part.header), _row(["---"] * len(part.header))]
        lines += [*(_row(row) for row in part.rows), ""]
    lines += ["## What reruns it", "", "```", answer["command"], "```", "", "```python", answer["python"], "```", ""]
    return "\n".join(lines)


def about(answer: Mapping[str, Any]) -> str:
    """Return where the facts are from, in one line."""
    effect = (
        answer["effect"] if isinstance(answer["effect"], str) else f"a ratio of attack rates of {answer['effect']:g}"
    )
    inputs = ", ".join(name.replace("_", " ") for name in answer["inputs"])
    return (
        f"From {answer['repeats']} simulated trials under {effect} and as many without effect, seed {answer['seed']}, "
        f"leao {answer['version']}; ± Monte Carlo error. Inputs, not predictions: {inputs}."
    )


_HEADER = ["estimator", "comparison", "n per group", "power, %", "type I error, %", "bias", "coverage, %"]


def _characteristics(row: Mapping[str, Any]) -> list[str]:
    bias = words.NO_DATA if row["bias"] is None else f"{row['bias']:+.3f} ± {row['bias_se'] or 0.0:.3f}"
    shares = [_share(row, key) for key in ("power", "type_1_error", "coverage")]
    name = row["estimator"].replace("_", " ")
    return [name, row["comparison"], str(row["n_per_group"]), shares[0], shares[1], bias, shares[2]]


def _share(row: Mapping[str, Any], key: str) -> str:
    return words.NO_DATA if row[key] is None else f"{100 * row[key]:.1f} ± {100 * (row[f'{key}_se'] or 0.0):.1f}"


def _facts(rows: list[dict[str, str]]) -> list[list[str]]:
    return [[row["what"], row["value"]] for row in rows]


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _head(result: Result[Any]) -> Head:
    return Head(f"{result.summary['scenario']}: statistical section", result.summary["what"], (about(result.summary),))


def _page(result: Result[Any]) -> str:
    return pages.render(
        "protocol.html.j2", answer=result.summary, about=about(result.summary), parts=parts(result.summary)
    )


TOPICS = {"protocol": Topic(_head, _page, None)}
