"""``leao trial``: operating characteristics of a scenario's trial, and the same estimators on real data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from leao.cli import complete, screen, work
from leao.cli.trial_adjust import adjust
from leao.cli.trial_analyse import analyse
from leao.cli.trial_export import export
from leao.cli.trial_grid import grid
from leao.cli.trial_mcp_mod import mcp_mod
from leao.cli.trial_n_of_1 import app as n_of_1
from leao.cli.trial_protocol import protocol
from leao.cli.trial_sequential import boundaries, reestimate

SIMULATE = "simulate"


class _Trial(TyperGroup):
    """``leao trial NAME`` plays a scenario; the names of commands are reserved (``leao.trial.reserved``)."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take anything that is no command for a scenario."""
        if args and args[0] not in (*self.commands, "-h", "--help"):
            args = [SIMULATE, *args]
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Show the commands, then the options of ``leao trial SCENARIO``, which people use most."""
        super().format_help(ctx, formatter)
        command = self.get_command(ctx, SIMULATE)
        if command is not None:
            command.format_help(command.context_class(command, info_name="SCENARIO", parent=ctx), formatter)


app = typer.Typer(
    cls=_Trial,
    help="Play a scenario's trial many times: leao trial SCENARIO, whose options stand below. "
    "Analyse a real one: leao trial analyse FILE.",
    no_args_is_help=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout and nothing else there.")]


@app.command(SIMULATE)
def simulate(
    scenario: Annotated[
        str,
        typer.Argument(
            help="Name of a shipped scenario (leao scenarios) or a .toml file.", autocompletion=complete.scenarios
        ),
    ],
    repeats: Annotated[int, typer.Option(min=1, help="Simulated trials.")] = 1000,
    n: Annotated[str | None, typer.Option("--n", help="Patients per group, for example 20,60,150.")] = None,
    effect: Annotated[
        str, typer.Option(help="mechanistic, empirical, neutral, sceptical, or a ratio of attack rates (1: no effect).")
    ] = "mechanistic",
    estimator: Annotated[
        list[str] | None, typer.Option(help="One or more; the first is quoted. Default: all that fit.")
    ] = None,
    endpoint: Annotated[str, typer.Option(help="attacks, migraine_days or headache_days.")] = "attacks",
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of all random numbers.")] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change any key: trial.design=crossover (docs/trial.md), trial.weeks=24."),
    ] = None,
    workers: work.Workers = None,
    scheduler: work.Scheduler = None,
    looks: Annotated[
        str | None, typer.Option(help="Looks at the largest trial: how many, or shares of its patients: 0.5,1.")
    ] = None,
    spending: Annotated[
        str | None, typer.Option(help="Of alpha: obrien_fleming (default), pocock, kim_demets, hwang_shih_decani.")
    ] = None,
    spending_gamma: Annotated[float | None, typer.Option(help="Of kim_demets and hwang_shih_decani.")] = None,
    futility: Annotated[str | None, typer.Option(help="Bounds of z below which a trial stops: 0.")] = None,
    shard: work.Shard = None,
    out: Annotated[Path, typer.Option(help="Folder for ensembles, page and tables.")] = Path("runs"),
    as_json: Json = False,
) -> int:
    """Power, type I error, bias, coverage and sample size of a trial, with Monte Carlo errors and a page."""
    from leao.chain import api
    from leao.chain.run_power import tables
    from leao.cli.progress import Bars
    from leao.cli.trial_table import print_simulated

    with Bars() as bars:
        result = api.power(
            scenario, repeats, n, effect, tuple(estimator or ()), endpoint, seed, change, workers, shard, out, None,
            None, bars, looks, spending, spending_gamma, futility, scheduler,
        )  # fmt: skip
    answer = result.summary
    if "missing_chunks" not in answer:
        answer["page"] = str(result.report(Path(answer["run"]) / "trial.html"))
        scenario_used, wish = result.basis
        answer["tables"] = str(tables(scenario_used, wish, answer["run"]))
    code = screen.UNFINISHED if answer.get("missing_chunks") else 0
    return screen.answer(answer, print_simulated, as_json=as_json, code=code)


app.command("adjust")(adjust)
app.command("analyse")(analyse)
app.command("boundaries")(boundaries)
app.command("export")(export)
app.command("grid")(grid)
app.command("mcp-mod")(mcp_mod)
app.add_typer(n_of_1, name="n-of-1")
app.command("protocol")(protocol)
app.command("reestimate")(reestimate)
