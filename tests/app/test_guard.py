"""Alone on this machine: another name, another site, no token, too many bytes are refused; the headers are there."""

import http.client
import socket
import subprocess
import sys

import pytest

from leao.app.guard import HERE
from leao.app.server import _listener
from leao.core.errors import ScenarioError

pytestmark = pytest.mark.command


def request(server, method="GET", path="/diary", token=True, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    sent = {"Authorization": f"Bearer {server.token}"} if token else {}
    connection.request(method, path, body=body, headers=sent | {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, dict(answer.getheaders()), text


def test_the_token_opens_and_nothing_else_does(server):
    assert request(server)[0] == 200
    for path in ("/", "/diary", "/static/leao.js", "/api/openapi.json", "/?token=guessed"):
        assert request(server, path=path, token=False)[0] == 403
    status, headers, _ = request(server, path=f"/?token={server.token}", token=False)
    cookie = headers["set-cookie"]
    assert status == 303
    assert headers["location"] == "/"
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert request(server, token=False, Cookie=cookie.split(";")[0])[0] == 200
    assert request(server, token=False, Cookie=f"leao-{server.port}=guessed")[0] == 403


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "localhost.evil.example", ""])
def test_a_foreign_host_is_refused(server, host):
    assert request(server, Host=host)[0] == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_another_site_is_refused(server, headers):
    for method in ("GET", "POST", "DELETE"):
        assert request(server, method, "/api/plan/check", body="{}", **headers)[0] == 403


def test_a_change_needs_our_origin(server):
    cookie = f"leao-{server.port}={server.token}"
    assert request(server, "PUT", "/api/files?name=a", token=False, body="x", Cookie=cookie)[0] == 403
    ours = {"Cookie": cookie, "Origin": server.here}
    assert request(server, "PUT", "/api/files?name=a", token=False, body="x", **ours)[0] == 200


def test_headers_of_every_answer(server):
    for path in ("/", "/diary", "/static/app.css", "/api/jobs/none", "/nowhere"):
        _, headers, _ = request(server, path=path)
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
    assert "<script>" not in request(server)[2]
    assert "style=" not in request(server)[2]


def test_what_is_too_large_is_refused(server):
    assert request(server, "PUT", "/api/files?name=a", Content_Length="600000000")[0] == 413
    assert request(server, "POST", "/api/plan/check", body="x" * 5_000_000)[0] == 413

    def pieces():
        for _ in range(60):
            yield b" " * 100_000

    try:
        status, _, text = request(server, "POST", "/api/plan/check", body=pieces())
    except (BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
        return
    assert (status, "MB" in text) == (413, True)


def test_it_listens_on_this_machine_alone(server):
    with socket.socket() as other, pytest.raises(OSError, match=r"refused|unreachable|assign"):
        other.settimeout(2)
        other.connect((socket.gethostbyname(socket.gethostname()).replace("127.0.0.1", "127.0.0.2"), server.port))


def test_unknown_options_are_refused_with_their_name(server):
    status, _, text = request(server, "POST", "/api/plan/check", body='{"doses": "1"}', Content_Type="application/json")
    assert status == 422
    assert "doses" in text


def test_a_taken_port_is_one_line(server):
    ended = subprocess.run(
        [sys.executable, "-m", "leao.cli", "app", "--no-browser", "--port", str(server.port)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert str(server.port) in ended.stderr


def test_a_port_is_taken_as_soon_as_it_is_had():
    with _listener(None, HERE) as first:
        port = first.getsockname()[1]
        with pytest.raises(ScenarioError, match=f"{port} cannot be had"):
            _listener(port, HERE)
        with socket.create_connection((HERE, port), timeout=5):  # waits for the pages instead of being refused
            pass


def test_the_server_loads_no_science():
    heavy = ("numpy", "numba", "polars", "matplotlib")
    code = f"import sys, leao.app.routes; print([m for m in {heavy} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_api_describes_itself(server):
    import json

    status, _, text = request(server, path="/api/openapi.json")
    paths = json.loads(text)["paths"]
    assert status == 200
    assert {"/api/diary/review", "/api/plan/check", "/api/files", "/api/jobs/{number}"} <= paths.keys()
    assert "http" not in request(server, path="/api")[2].replace("http-equiv", "")


def test_the_table_screen_asks_for_all_that_a_table_may_be_told():
    from leao.app import asked
    from leao.app.calls.trial import OPTION
    from leao.trial.reading.request import TableRequest

    assert {OPTION.get(name, name) for name in TableRequest._fields} <= set(asked.Table.model_fields)
