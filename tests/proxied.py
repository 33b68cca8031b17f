"""The nginx of an office in front of a server that tells what reached it."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Proxy:
    """Nginx as configured, but for its ports, its certificate and who may come in: 127.0.0.1 alone."""

    port: int
    trusted: Path
    """Its certificate."""

    def wire(self, source: str = "127.0.0.1") -> HTTPSConnection:
        trusting = ssl.create_default_context(cafile=self.trusted)
        return HTTPSConnection("127.0.0.1", self.port, context=trusting, source_address=(source, 0), timeout=30)

    def ask(
        self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, source: str = "127.0.0.1"
    ) -> Answer:
        """Ask for a path as it is written, and send no body, whatever the headers promise."""
        with closing(self.wire(source)) as wire:
            wire.putrequest(method, path)
            for name, value in (headers or {}).items():
                wire.putheader(name, value)
            wire.endheaders()
            answer = wire.getresponse()
            return Answer(answer.status, answer.headers, answer.read())


class Behind(BaseHTTPRequestHandler):
    """Answers with what reached it; `/v1/gone` is answered by nobody."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet, else the next one waits for 40 ms

    def do_GET(self) -> None:
        if self.path == "/v1/gone":
            self.close_connection = True
            return
        body = json.dumps({"path": self.path, "id": self.headers["X-Request-ID"]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextmanager
def proxied(nginx: str, configuration: str, folder: Path) -> Iterator[Proxy]:
    """Nginx, which has to find nothing wrong with the configuration, until the block ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Behind) as behind:
        threading.Thread(target=behind.serve_forever, daemon=True).start()
        port = free_port()
        words = [nginx, "-e", str(folder / "log"), "-c", str(written(configuration, folder, behind.server_port, port))]
        tried = subprocess.run([*words, "-t", "-q"], capture_output=True, text=True, check=False)
        assert (tried.returncode, tried.stderr) == (0, "")
        started = subprocess.Popen(words)
        try:
            wait_for(port)
            yield Proxy(port, folder / "own.pem")
        finally:
            started.terminate()
            started.wait(timeout=10)
            behind.shutdown()


def written(configuration: str, folder: Path, behind: int, port: int) -> Path:
    """A configuration of nginx in a folder of its own."""
    words = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    words += [
        "-subj",
        "/CN=test",
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-keyout",
        str(folder / "key.pem"),
        "-out",
        str(folder / "own.pem"),
    ]
    subprocess.run(words, check=True, capture_output=True)
    site = configuration
    for old, new in {
        "server 127.0.0.1:8000;": f"server 127.0.0.1:{behind};",
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "allow 10.0.0.0/8;": "allow 127.0.0.1;",
        "/etc/ssl/riskmodel/risk.county.example.pem": str(folder / "own.pem"),
        "/etc/ssl/riskmodel/risk.county.example.key": str(folder / "key.pem"),
        "/var/log/nginx/riskmodel.log": str(folder / "log"),
    }.items():
        assert site.count(old) == 1, old
        site = site.replace(old, new)
    kept = "".join(f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy"))
    whole = (
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nevents {{}}\nhttp {{ access_log off;\n{kept}{site} }}\n"
    )
    file = folder / "nginx.conf"
    file.write_text(whole, encoding="utf-8")
    return file


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(100):
        with closing(socket.socket()) as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
        threading.Event().wait(0.05)
    pytest.fail("nginx does not listen")
