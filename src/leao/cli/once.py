"""An option that takes one value is given once: of two values the parser would keep the last without a word."""

from __future__ import annotations

from typing import Any, cast

import typer
from typer.core import TyperCommand

from leao.core.errors import each_once


class Once(TyperCommand):
    """A command that refuses an option of one value that stands twice in its line."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse a line, whose options were counted first."""
        if not ctx.resilient_parsing and (args or not self.no_args_is_help):
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            given = [cast("Any", each) for each in order if each.param_type_name == "option"]
            each_once("options", (each.opts[-1] for each in given if not (each.multiple or each.is_flag or each.count)))
        return super().parse_args(ctx, args)


def everywhere(app: typer.Typer) -> None:
    """Have every command of an app, and of the apps within it, take each option once."""
    for command in app.registered_commands:
        command.cls = Once
    for group in app.registered_groups:
        if group.typer_instance is not None:
            everywhere(group.typer_instance)
