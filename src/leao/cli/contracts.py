"""The contract of ``--json``: the shape that each command prints, and its JSON schema."""

from __future__ import annotations

import json
from types import GenericAlias
from typing import Any

from pydantic import ConfigDict, TypeAdapter

from leao.chain import contract as chain
from leao.chain import preventives_contract, run_contract
from leao.chain.grid.contract import GridRow
from leao.chain.n_of_1 import contract as n_of_1
from leao.chain.protocol.contract import Protocol
from leao.cortex import contract as cortex
from leao.cortex import sheet_contract
from leao.evidence import contract as evidence
from leao.evidence import replay_contract
from leao.exposure import contract as exposure
from leao.headache import contract as headache
from leao.plan import contract as plan
from leao.receptor import contract as receptor
from leao.review import contract as review
from leao.trial import contract as trial
from leao.trial.mcp_mod import contract as mcp_mod
from leao.trial.multiplicity import contract as multiplicity
from leao.trial.sequential import contract as sequential

CLOSED = ConfigDict(extra="forbid")
CONTRACTS = {
    "cortex-presets": list[cortex.Preset],
    "cortex-threshold": cortex.Threshold,
    "cortex-wave": cortex.Wave,
    "cortex-export": cortex.Export,
    "cortex-kcl": cortex.Kcl,
    "cortex-phase": cortex.Phase,
    "cortex-aura": sheet_contract.Aura,
    "cortex-sheet": sheet_contract.Sheet,
    "evidence-claims": list[evidence.Claim],
    "evidence-history": list[replay_contract.HistoryRow],
    "evidence-synthesis": evidence.Synthesis,
    "evidence-trials": list[evidence.TrialArm],
    "number": chain.NumberRow,
    "pathways": list[headache.Route],
    "pk-export": exposure.ExportedModel,
    "pk-forecast": exposure.PersonFit | list[exposure.PersonFit],
    "pk-nca": exposure.NoncompartmentalInterval | list[exposure.NoncompartmentalInterval],
    "pk-npde": exposure.PredictionErrors,
    "pk-simulate": exposure.Simulated,
    "pk-vpc": exposure.VisualPredictiveCheck,
    "plan": plan.Plan,
    "preventives": preventives_contract.Preventives,
    "provoke": chain.Provocation,
    "receptor-curve": receptor.Curve,
    "receptor-pulse": receptor.Pulse,
    "review": review.ReviewSummary,
    "review-check": review.DiaryCheck,
    "run": run_contract.RunSummary,
    "scenarios": list[chain.ScenarioRow],
    "sweep": list[chain.SweepRow],
    "trial": chain.PowerSummary,
    "trial-adjust": multiplicity.Adjusted,
    "trial-analyse": trial.Analysis,
    "trial-boundaries": sequential.Sequential,
    "trial-export": trial.Exported,
    "trial-grid": list[GridRow],
    "trial-mcp-mod": mcp_mod.McpMod,
    "trial-n-of-1-close": n_of_1.Closed,
    "trial-n-of-1-look": n_of_1.Looked,
    "trial-n-of-1-start": n_of_1.Started,
    "trial-protocol": Protocol,
    "trial-reestimate": sequential.Reestimated,
    "unfinished": chain.Unfinished,
}


def checked(command: str, printed: Any) -> None:
    """Refuse what differs from the contract of a command: a key too many, a key that lacks, another kind of value.

    Raises:
        ValueError: it differs.
    """
    _adapter(command).validate_json(json.dumps([printed], allow_nan=False))


def schema(command: str) -> dict[str, Any]:
    """Return the JSON schema of what a command prints."""
    whole = _adapter(command).json_schema()
    return {"$defs": whole.get("$defs", {})} | whole["items"]


def _adapter(command: str) -> TypeAdapter[Any]:
    # a setting of the adapter reaches the dictionaries inside a list, and is refused for a bare one
    shape: Any = GenericAlias(list, (CONTRACTS[command],))
    return TypeAdapter(shape, config=CLOSED)
