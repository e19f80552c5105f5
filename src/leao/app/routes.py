"""The server's addresses: screens, files in memory, questions to the workers, and what they answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from leao.app import cases, documented, language, screens, translated
from leao.app.catalogue import CALLS, Call
from leao.app.guard import SHEET_POLICY, Guard, Key
from leao.app.jobs import ENDED, Job, Jobs
from leao.app.pool import Pool
from leao.app.screens import HOME, SCREENS, Screen
from leao.app.uploads import Uploads
from leao.core.errors import LeaoError

PATIENCE = 15.0  # seconds after which an open stream of events says that it is still there
LANGUAGE = "leao-language"
STATUS = {"refused": 422, "failed": 500, "stopped": 410}


class Begun(BaseModel):
    """A question on its way."""

    job: str


class Held(BaseModel):
    """A file in memory."""

    file: str
    name: str
    bytes: int


class State(BaseModel):
    """How far a question is, and its answer: ``summary`` is what the command prints with ``--json``."""

    job: str
    state: str
    line: str
    summary: Any = None
    page: bool = False
    command: str | None = None
    python: str | None = None
    text: str | None = None
    shown: Any = None
    spoken: dict[str, str] = {}  # lines of the answer by their English words, in the language asked for


def build(key: Key) -> FastAPI:
    """Return the application for one start of the server."""
    uploads, jobs = Uploads(), Jobs(Pool())

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        yield
        await jobs.close()

    app = FastAPI(title="Leão", docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    app.add_middleware(Guard, key=key)
    app.exception_handler(LeaoError)(_refused)
    _pages(app, jobs.pool)
    _files(app, uploads, jobs)
    _shelf(app, uploads)
    for name, call in CALLS.items():
        _question(app, name, call, (jobs, uploads))
    _answers(app, jobs)
    documented.add(app)
    return app


async def _refused(request: Request, error: Exception) -> Response:
    spoken = language.chosen(request.query_params.get("lang"), None, "")
    return JSONResponse({"line": translated.text(" ".join(str(error).split()), spoken)}, 422)


def _pages(app: FastAPI, pool: Pool) -> None:
    def page_of(screen: Screen) -> Any:
        async def page(request: Request) -> Response:
            wanted = request.query_params.get("lang")
            kept, accepted = request.cookies.get(LANGUAGE), request.headers.get("accept-language", "")
            lang = language.chosen(wanted, kept, accepted)
            warm = BackgroundTask(_warm, pool)  # once the page is sent
            answer = HTMLResponse(screens.render(screen, lang), background=warm)
            if wanted == lang:
                answer.set_cookie(LANGUAGE, lang, httponly=True, samesite="strict", path="/")
            return answer

        return page

    for screen in (HOME, *SCREENS):
        app.get(screen.path, include_in_schema=False)(page_of(screen))

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        file = screens.static(name)
        if file is None:
            return PlainTextResponse("no such file\n", 404)
        content, kind = file
        return Response(content, media_type=kind)


async def _warm(pool: Pool) -> None:
    pool.warm()


def _files(app: FastAPI, uploads: Uploads, jobs: Jobs) -> None:
    @app.put("/api/files", tags=["files"])
    async def hold(name: str, request: Request) -> Held:
        """Hold a file in memory: its bytes are the body, up to 500 MB; nothing is written to the disk."""
        content = bytearray()
        async for part in request.stream():
            content += part
        return Held(file=uploads.add(name[:200] or "file", bytes(content)), name=name[:200], bytes=len(content))

    @app.delete("/api/files/{number}", tags=["files"])
    async def forget(number: str) -> dict[str, bool]:
        """Forget a file, and every answer about it."""
        await jobs.forget_file(number)
        return {"forgotten": uploads.forget(number)}


def _shelf(app: FastAPI, uploads: Uploads) -> None:
    @app.get("/api/cases", tags=["cases"])
    async def shelf(lang: str = language.DEFAULT) -> dict[str, Any]:
        """Return the made-up diaries to teach with: what is asked, what was put in; in a language of the screens."""
        spoken = language.chosen(lang, None, "")
        return {
            name: case | {key: translated.text(case[key], spoken) for key in cases.TOLD}
            for name, case in cases.shelf().items()
        }

    @app.post("/api/cases/{name}", tags=["cases"])
    async def open_case(name: str) -> Held:
        """Hold the diary of a case in memory, as if it had been dropped."""
        content = cases.diary(name)
        return Held(file=uploads.add(f"{name}.csv", content), name=f"{name}.csv", bytes=len(content))


def _question(app: FastAPI, name: str, call: Call, at: tuple[Jobs, Uploads]) -> None:
    jobs, uploads = at

    async def ask(asked: Any, wait: bool = False, whole: bool = False, lang: str = language.DEFAULT) -> Any:
        held = uploads.get(asked.file) if call.file and asked.file is not None else None
        files = {} if held is None else {"file": (held.name, held.content)}
        job = jobs.begin(call.call, asked.model_dump(), files)
        if not (wait or whole):
            return JSONResponse({"job": job.number}, 202)
        await job.ended()
        return await run_in_threadpool(_state, job, lang) if whole else _summary(job)

    ask.__annotations__["asked"] = call.body
    said = f"{call.what[0].upper()}{call.what[1:]}."
    same = f" The answer is the object that `{call.command} --json` prints." if call.command else ""
    description = (
        f"{said}{same} With `wait=true` it is the response, with `whole=true` a `State`; else a job to follow."
    )
    group = name.partition("/")[0]
    app.post(
        f"/api/{name}", tags=[group], summary=said, description=description, status_code=202, response_model=Begun,
        name=name.replace("/", "_"),
    )(ask)  # fmt: skip


def _answers(app: FastAPI, jobs: Jobs) -> None:
    @app.get("/api/jobs/{number}", tags=["jobs"], response_model=State)
    async def state(number: str, lang: str = language.DEFAULT) -> Any:
        """Return how far a question is, and its answer; its lines in a language of the screens."""
        job = jobs.get(number)
        return _forgotten() if job is None else await run_in_threadpool(_state, job, lang)

    @app.get("/api/jobs/{number}/events", tags=["jobs"])
    async def events(number: str, lang: str = language.DEFAULT) -> Response:
        """Stream what a question tells on its way, as server-sent events; the last is named ``end``."""
        job = jobs.get(number)
        return _forgotten() if job is None else StreamingResponse(_stream(job, lang), media_type="text/event-stream")

    @app.get("/api/jobs/{number}/json", tags=["jobs"])
    async def summary(number: str) -> Response:
        """Return the answer alone: what the command prints with ``--json``."""
        job = jobs.get(number)
        return _forgotten() if job is None else _summary(job)

    @app.get("/api/jobs/{number}/page", tags=["jobs"], response_class=HTMLResponse)
    async def page(number: str, lang: str = language.DEFAULT) -> Response:
        """Return the answer as one self-contained page; its headings, labels and days in a language of the screens."""
        job = jobs.get(number)
        if job is None or job.answer is None or not job.answer.get("page"):
            return _forgotten()
        spoken = language.chosen(lang, None, "")
        said = await run_in_threadpool(translated.page, job.answer["page"], spoken)
        return HTMLResponse(said, headers={"content-security-policy": SHEET_POLICY})

    @app.delete("/api/jobs/{number}", tags=["jobs"])
    async def stop(number: str) -> dict[str, bool]:
        """Stop a question where it runs, and forget its answer."""
        return {"forgotten": await jobs.stop(number)}


async def _stream(job: Job, lang: str) -> AsyncIterator[bytes]:
    place = -1
    while True:
        news = await job.after(place, PATIENCE)
        for event in news:
            place = event["place"]
            yield f"event: {event['kind']}\ndata: {json.dumps(event['content'])}\n\n".encode()
        if not news and job.state in ENDED:
            yield f"event: end\ndata: {json.dumps({'state': job.state, 'line': _line(job, lang)})}\n\n".encode()
            return
        if not news:
            yield b": still there\n\n"


def _state(job: Job, lang: str) -> Response:
    answer, spoken = {} if job.answer is None else job.answer, language.chosen(lang, None, "")
    content = {key: answer.get(key) for key in ("summary", "command", "python", "text", "shown")}
    if answer.get("lines") and spoken != language.DEFAULT:
        content["text"] = translated.chart(answer["lines"], spoken)
    head = {"job": job.number, "state": job.state, "line": _line(job, lang), "page": bool(answer.get("page"))}
    said = translated.lines_of([answer.get(key) for key in ("summary", "shown")], spoken)
    return _json(head | content | {"spoken": said})


def _line(job: Job, lang: str) -> str:
    return translated.text(job.line, language.chosen(lang, None, ""))


def _summary(job: Job) -> Response:
    if job.state == "running":
        return JSONResponse({"line": "not ready yet"}, 409)
    if job.answer is None:
        return JSONResponse({"line": job.line}, STATUS[job.state])
    return _json(job.answer["summary"])


def _json(content: Any) -> Response:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return Response(text.encode("utf-8"), media_type="application/json")


def _forgotten() -> Response:
    return JSONResponse({"line": "forgotten already; ask again"}, 404)
