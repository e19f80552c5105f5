"""A file of 300 MB is taken into memory and answered in a line, or read; it never ends the server."""

import http.client
import json

import pytest
from tests.app.test_guard import request
from tests.app.test_jobs import ask

pytestmark = [pytest.mark.command, pytest.mark.long]
SIZE = 300_000_000


def test_three_hundred_megabytes(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    piece = b"2026-01-01,perhaps,and more words than a diary would ever have\n" * 16_000

    def pieces():
        for _ in range(SIZE // len(piece)):
            yield piece

    headers = {"Authorization": f"Bearer {server.token}"}
    connection.request("PUT", "/api/files?name=big.csv", body=pieces(), headers=headers, encode_chunked=True)
    held = json.loads(connection.getresponse().read())
    connection.close()
    assert held["bytes"] > 0.99 * SIZE
    status, said = ask(server, "/api/diary/check?wait=true", {"file": held["file"]})
    assert status in (200, 422)
    assert "\n" not in said.get("line", "")
    assert request(server, "DELETE", f"/api/files/{held['file']}")[0] == 200
    assert request(server)[0] == 200
