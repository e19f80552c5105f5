"""Which column of a trial's table is what: by the user's word, else by the names that are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from leao.core.errors import ScenarioError
from leao.core.ledger import nearest
from leao.core.tables import Table, fold
from leao.trial.reading import vocabulary
from leao.trial.reading.request import TableRequest, listed

_STEM = re.compile(
    r"(?:(?P<stem>.+?)_?)?(?P<unit>months?|mth|mo|m|visit|v|weeks?|wk|w|t|time|period|p|post|monat|mes|mois|mese|"
    r"woche|semana|semaine|settimana|visita|visite)_?(?P<at>\d+)"
)
_BEFORE = re.compile(
    r"(?:(?P<stem>.+?)_)?(pre|baseline|base|bl|before|pretreatment|pre_treatment|basal|basale|ausgangswert)"
)


class Roles(NamedTuple):
    """The columns of the file by their role; a wide table has a column a visit."""

    names: dict[str, str]
    subject: tuple[str, ...]  # columns that make up the subject
    wide: tuple[str, ...]  # columns of the visits, in their order; empty for a long table
    covariates: tuple[str, ...]
    strata: tuple[str, ...]
    stopped: str | None = None  # column of the stop of treatment
    subgroups: tuple[str, ...] = ()

    def of_patients(self) -> list[str]:
        """Return the columns that describe a patient."""
        stop = [] if self.stopped is None else [self.stopped]
        return list(dict.fromkeys([*self.covariates, *self.strata, *stop, *self.subgroups]))

    def used(self) -> list[str]:
        """Return the columns that are read."""
        return list(dict.fromkeys([*self.subject, *self.names.values(), *self.wide, *self.of_patients()]))


def find(table: Table, role: str, given: str) -> str:
    """Return the column that the user names for a role.

    Raises:
        ScenarioError: no such column.
    """
    if given in table.header:
        return given
    alike = [name for name in table.header if fold(name) == fold(given)]
    if len(alike) == 1:
        return alike[0]
    hint = nearest(given, list(table.header))
    raise ScenarioError(f"{table.name}: --{role} {given}: no such column{hint}; there are {', '.join(table.header)}")


def by_name(table: Table, role: str, ignored: Collection[str] = ()) -> str | None:
    """Return the column whose name is known for a role, the first of the vocabulary's order; None where there is none.

    Those that the user told to leave out are passed over.

    Raises:
        ScenarioError: two columns of one known name but for case and accents.
    """
    for known in vocabulary.KNOWN[role]:
        alike = [name for name in table.header if fold(name) == known and known not in ignored]
        if len(alike) > 1:
            raise ScenarioError(f"{table.name}: columns {' and '.join(alike)} have one name; write --{role} {alike[0]}")
        if alike:
            return alike[0]
    return None


def assign(table: Table, request: TableRequest) -> Roles:
    """Return which column is what.

    Raises:
        ScenarioError: a column that is not there, or that must be named.
    """
    values = [find(table, "value", name) for name in listed(request.value)]
    subject = tuple(find(table, "subject", name) for name in listed(request.subject))
    named_by_user = {"arm": request.arm, "visit": request.visit, "day": request.day, "baseline": request.baseline}
    names = {role: find(table, role, given) for role, given in named_by_user.items() if given is not None}
    if len(values) == 1:
        names["value"] = values[0]
    ignored = {fold(name) for name in request.ignore}
    twice = [name for name in (*values, *subject, *names.values()) if fold(name) in ignored]
    if twice:
        raise ScenarioError(f"{table.name}: --ignore {twice[0]}: it is also named as a column to read; leave one out")
    for role in vocabulary.KNOWN:
        known = None if role in names else by_name(table, role, ignored)
        if known is not None and known not in (*names.values(), *subject, *values):
            names[role] = known
    if not subject and "subject" in names:
        subject = (names["subject"],)
    names.pop("subject", None)
    if request.visit_days is not None and re.search(r"[^\d\s.,]", request.visit_days):
        names["visit days"] = find(table, "visit-days", request.visit_days)
    covariates = tuple(find(table, "covariates", name) for name in listed(request.covariates))
    strata = tuple(find(table, "strata", name) for name in listed(request.strata))
    stopped = None if request.stopped is None else find(table, "stopped", request.stopped)
    groups = tuple(find(table, "subgroup", name) for name in listed(request.subgroup))
    wide = tuple(values) if len(values) > 1 else ()
    roles = Roles(_timed(names, request), subject, wide, covariates, strata, stopped, groups)
    roles = _wide(table, roles, request)
    _complete(table, roles)
    _one_site(table, roles)
    return roles


def _timed(names: dict[str, str], request: TableRequest) -> dict[str, str]:
    """Return the names with a visit or a day, not both; counts of events go with the value they belong to."""
    names = dict(names)
    if request.day is not None or "visit" not in names:
        for role in ("visit", "label", "start", "end"):
            names.pop(role, None)
    else:
        names.pop("day", None)
    if names.get("label") == names.get("visit"):
        names.pop("label", None)
    if request.value is not None:
        names.pop("count", None)
    return names


def _wide(table: Table, roles: Roles, request: TableRequest) -> Roles:
    """Return the roles with the visits of a wide table, where it is one."""
    if roles.wide:
        if "baseline" not in roles.names:
            raise ScenarioError(f"{table.name}: --value names several visits, wanted the baseline too; add --baseline")
        return roles._replace(names={role: name for role, name in roles.names.items() if role not in ("visit", "day")})
    if "visit" in roles.names or "day" in roles.names or request.value is not None:
        return roles
    taken = set(roles.used())
    sets, before = _visit_columns(
        [name for name in table.header if name not in taken or name == roles.names.get("baseline")]
    )
    if "baseline" in roles.names:
        before.setdefault("", roles.names["baseline"])
    whole = [stem for stem in sets if stem in before or "" in before]
    if not whole:
        return roles
    if len(sets) > 1:
        shown = "; ".join(", ".join(columns[:2]) for columns in sets.values())
        raise ScenarioError(
            f"{table.name}: several sets of columns look like visits ({shown}); "
            "write --baseline COLUMN and --value COLUMN,COLUMN,..."
        )
    stem = whole[0]
    names = roles.names | {"baseline": before.get(stem) or before[""]}
    if "value" in names:
        raise ScenarioError(
            f"{table.name}: columns {', '.join(sets[stem])} look like visits, and so does {names['value']}; "
            "write --baseline COLUMN and --value COLUMN,COLUMN,..."
        )
    return roles._replace(names=names, wide=tuple(sets[stem]))


def _visit_columns(header: Sequence[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the columns of visits after the baseline by what their names begin with, and those of the baseline."""
    numbered: dict[str, list[tuple[int, str]]] = {}
    before: dict[str, str] = {}
    for name in header:
        pre, visit = _BEFORE.fullmatch(fold(name)), _STEM.fullmatch(fold(name))
        if pre is not None:
            before.setdefault(pre["stem"] or "", name)
        elif visit is not None and int(visit["at"]) == 0:
            before.setdefault(visit["stem"] or "", name)
        elif visit is not None:
            numbered.setdefault(visit["stem"] or "", []).append((int(visit["at"]), name))
    return {stem: [name for _, name in sorted(columns)] for stem, columns in numbered.items()}, before


def _complete(table: Table, roles: Roles) -> None:
    """Refuse a table in which something is not named that every analysis needs."""
    header = ", ".join(table.header)
    if not roles.subject:
        raise ScenarioError(f"{table.name}: no column for the subject; name it with --subject; there are {header}")
    for role in ("arm", "value"):
        if role not in roles.names and not (role == "value" and roles.wide):
            raise ScenarioError(f"{table.name}: no column for the {role}; name it with --{role}; there are {header}")
    if not roles.wide and "visit" not in roles.names and "day" not in roles.names:
        raise ScenarioError(
            f"{table.name}: no column for the visit; name it with --visit (a row per patient and visit) or --day (a "
            f"daily diary), or a wide table's columns with --baseline and --value A,B,C; there are {header}"
        )


def _one_site(table: Table, roles: Roles) -> None:
    """Refuse a subject's number that is given again at another site."""
    import polars as pl

    for name in table.header:
        if fold(name) not in vocabulary.SITES or name in roles.subject:
            continue
        sites = table.frame.group_by(list(roles.subject)).agg(pl.col(name).n_unique().alias("sites"))
        several = sites.filter(pl.col("sites") > 1)
        if several.height:
            who = ",".join(roles.subject)
            raise ScenarioError(
                f"{table.name}: {roles.subject[0]} {several[roles.subject[0]].sort()[0]} stands at several {name}: one "
                f"patient or several? write --subject {name},{who}, or {_leave(name)} if it moved"
            )


def _leave(name: str) -> str:
    return f"--ignore {name}"
