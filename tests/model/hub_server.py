"""A hub on this machine for tests: repositories from folders, with sha256, ranges, and broken lines."""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """``repositories`` by name. ``broken`` [bytes]: one file is cut off there. ``asked``: what came in."""

    repositories: dict[str, Path]
    url: str = ""
    broken: int | None = None
    spoiled: bool = False
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def sent(self) -> int:
        """How many files were asked for."""
        return sum(method == "GET" and "/resolve/" in path for method, path, _ in self.asked)


@contextmanager
def serving(repositories: dict[str, Path]) -> Iterator[Hub]:
    hub = Hub(repositories)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *args: Any) -> None:
            pass

        def do_HEAD(self) -> None:
            _answer(self, hub)

        def do_GET(self) -> None:
            _answer(self, hub)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: Any, hub: Hub) -> None:
    hub.asked.append((request.command, request.path, request.headers.get("Range", "")))
    if found := re.fullmatch(r"/api/models/([^/]+/[^/?]+)(?:/revision/[^?]+)?(?:\?.*)?", request.path):
        folder = hub.repositories.get(found[1])
        return _json(request, _listing(folder) if folder else {"error": "Repository not found"}, folder)
    found = re.fullmatch(r"/([^/]+/[^/]+)/resolve/[^/]+/([^?]+)(?:\?.*)?", request.path)
    path = hub.repositories[found[1]] / found[2] if found and found[1] in hub.repositories else None
    if path is None or not path.exists():
        return _json(request, {"error": "Entry not found"}, None)
    return _file(request, hub, path.read_bytes())


def _listing(folder: Path) -> dict[str, Any]:
    files = [
        {
            "rfilename": path.name,
            "size": path.stat().st_size,
            "lfs": {"sha256": _digest(path), "size": path.stat().st_size, "pointerSize": 1},
        }
        for path in sorted(folder.iterdir())
    ]
    return {"id": "a/b", "modelId": "a/b", "sha": COMMIT, "siblings": files, "tags": [], "downloads": 0}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _json(request: Any, content: dict[str, Any], folder: Path | None) -> None:
    body = json.dumps(content).encode()
    request.send_response(200 if folder else 404)
    if not folder:
        request.send_header("X-Error-Code", "RepoNotFound")
    request.send_header("Content-Length", str(len(body)))
    request.send_header("Content-Type", "application/json")
    request.end_headers()
    request.wfile.write(body)


def _file(request: Any, hub: Hub, content: bytes) -> None:
    digest = hashlib.sha256(content).hexdigest()
    if hub.spoiled:
        content = bytes(len(content))
    first = int((re.match(r"bytes=(\d+)-", request.headers.get("Range", "")) or [0, 0])[1])
    part = content[first:]
    request.send_response(206 if first else 200)
    for name, value in {
        "Content-Length": len(part),
        "Content-Range": f"bytes {first}-{len(content) - 1}/{len(content)}",
        "Accept-Ranges": "bytes",
        "ETag": f'"{digest}"',
        "X-Linked-Etag": f'"{digest}"',
        "X-Linked-Size": len(content),
        "X-Repo-Commit": COMMIT,
    }.items():
        request.send_header(name, str(value))
    request.end_headers()
    if request.command == "HEAD":
        return
    if hub.broken is not None and len(part) > hub.broken:
        part, hub.broken = part[: hub.broken], None
        request.close_connection = True
    request.wfile.write(part)
