"""Everything that can be asked of the server's workers: the address, the call, the body, the command it answers as."""

from __future__ import annotations

from typing import NamedTuple

from leao.app import asked


class Call(NamedTuple):
    """One question the screens may ask."""

    call: str  # module.function in leao.app.calls
    body: type[asked.Asked]
    what: str
    command: str | None = None  # whose --json the summary is
    contract: str | None = None  # module:type of the summary, where it is typed
    file: bool = False  # whether the body names a file that was dropped, or may


CALLS = {
    "diary/check": Call(
        "diary.check", asked.Diary, "how a diary reads, and what is open", "leao review --check", file=True
    ),
    "diary/review": Call("diary.review", asked.Review, "what a diary shows of the drug", "leao review", file=True),
    "diary/keep": Call("diary.keep", asked.KeepMapping, "keep how a diary reads, under a name", file=True),
    "diary/warm": Call("diary.warm", asked.Nothing, "load what a review needs"),
    "plan/check": Call("plan.check", asked.Plan, "a regimen checked for one patient", "leao plan"),
    "plan/warm": Call("plan.warm", asked.Nothing, "load what a plan needs; the names the form completes"),
    "numbers/ledger": Call("numbers.ledger", asked.LedgerNumber, "one number of a ledger, as it is stated there"),
    "evidence/synthesis": Call(
        "evidence.synthesis",
        asked.Nothing,
        "the published trials pooled; the claims beside them",
        "leao evidence synthesis",
        "leao.evidence.contract:Synthesis",
    ),
    "evidence/chain": Call("evidence.chain", asked.Nothing, "the chain's answer for the first published trial, quick"),
    "chain/warm": Call("chain.warm", asked.Chain, "load the chain; its numbers, and what the sliders may move"),
    "chain/answer": Call("chain.answer", asked.Chain, "the chain at once, from shipped maps and part of the ensemble"),
    "chain/page": Call("chain.page", asked.Chain, "the same quick answer as a page"),
    "chain/over": Call("chain.over", asked.ChainNumber, "one number, and the verdict over its range"),
    "chain/run": Call("chain.run", asked.ChainRun, "the scenario run in full", "leao run"),
    "trial/warm": Call("trial.warm", asked.Nothing, "load what simulated trials need; the designs and estimators"),
    "trial/power": Call(
        "trial.power",
        asked.Design,
        "the power of a design by size, told as the trials come in",
        "leao trial",
        "leao.chain.contract:PowerSummary",
    ),
    "trial/look": Call("trial.look", asked.Look, "the columns and first rows of a table", file=True),
    "trial/analyse": Call("trial.analyse", asked.Table, "a trial's table analysed", "leao trial analyse", file=True),
    "wave/warm": Call("wave.warm", asked.Nothing, "load the solver; the tissues, stimuli and drugs"),
    "wave/solve": Call(
        "wave.solve",
        asked.Wave,
        "a wave on the line",
        "leao cortex wave",
        "leao.cortex.contract:Wave",
    ),
    "wave/sheet": Call(
        "wave.sheet",
        asked.Sheet,
        "a wave over a sheet of cortex",
        "leao cortex sheet",
        "leao.cortex.sheet_contract:Sheet",
        file=True,
    ),
    "wave/aura": Call(
        "wave.aura",
        asked.Aura,
        "the aura of a wave over V1",
        "leao cortex aura",
        "leao.cortex.sheet_contract:Aura",
        file=True,
    ),
    "wave/threshold": Call(
        "wave.threshold",
        asked.Threshold,
        "the weakest stimulus that starts a wave",
        "leao cortex threshold",
        "leao.cortex.contract:Threshold",
    ),
}
