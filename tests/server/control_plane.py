"""Stands in, on loopback, for what gives out GPUs on ZeroGPU, so that the real ``spaces`` runs in tests."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit


class ControlPlane:
    """Grants every request; ``calls`` lists (path, query) in the order they came."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str]]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()

    def names(self) -> list[str]:
        """The paths called, in order."""
        return [name for name, _ in self.calls]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        plane = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                parts = urlsplit(self.path)
                name = parts.path.strip("/")
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                is_reused = name == "schedule" and name in plane.names()
                plane.calls.append((name, query))
                answer: dict[str, Any] = {"idle": is_reused, "nvidiaIndex": 0, "nvidiaUUID": "GPU-0"}
                body = json.dumps(answer | {"allowToken": f"token{len(plane.calls)}"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: Any) -> None:
                """Keep the tests' output quiet."""

        return Handler
