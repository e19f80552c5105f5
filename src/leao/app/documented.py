"""The server's own description: OpenAPI as JSON, and a plain page of it that asks no other machine for anything."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import TypeAdapter

from leao.app import screens
from leao.app.catalogue import CALLS

REFERENCE = "#/components/schemas/{model}"


def add(app: FastAPI) -> None:
    """Add the description to an application, made when it is first asked for."""

    @cache
    def description() -> dict[str, Any]:
        from leao import __version__

        whole = get_openapi(title="Leão on this machine", version=__version__, routes=app.routes)
        _contracts(whole)
        return whole

    @app.get("/api/openapi.json", include_in_schema=False)
    async def document() -> Response:
        return JSONResponse(description())

    @app.get("/api", include_in_schema=False)
    async def page() -> Response:
        rows = [
            {"method": method.upper(), "path": path, "what": entry["summary"], "more": entry.get("description", "")}
            for path, methods in description()["paths"].items()
            for method, entry in methods.items()
        ]
        return HTMLResponse(screens.render(screens.API, "en", rows=rows))


def _contracts(whole: dict[str, Any]) -> None:
    """Put the typed contracts of ``--json`` beside the calls whose answers they describe."""
    for name, call in CALLS.items():
        if call.contract is None:
            continue
        module, _, kind = call.contract.partition(":")
        schema = TypeAdapter(getattr(import_module(module), kind)).json_schema(ref_template=REFERENCE)
        whole["components"]["schemas"] |= schema.pop("$defs", {})
        responses = whole["paths"][f"/api/{name}"]["post"]["responses"]
        said = f"with wait=true: what `{call.command} --json` prints"
        responses["200"] = {"description": said, "content": {"application/json": {"schema": schema}}}
