"""A proxy on this machine for programs that know a private host by its name: CONNECT to it goes through a tunnel.

Other hosts are connected to as they are. It passes bytes on and sees no plain text: TLS is between the two ends.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Self

Address = tuple[str, int]
CONNECT_SECONDS = 10
CHUNK = 65536


class ConnectProxy:
    """The proxy; a context manager.

    Args:
        ways: host and port as programs name them -> where the tunnel begins.
    """

    def __init__(self, ways: Mapping[Address, Address]) -> None:
        handler = type("Handler", (Handler,), {"ways": ways})  # socketserver makes the instances
        self._server = Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """What HTTPS_PROXY is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Server(ThreadingTCPServer):
    """Listens on loopback alone."""

    daemon_threads = True
    block_on_close = False


class Handler(StreamRequestHandler):
    """One connection of a client."""

    ways: Mapping[Address, Address]

    def handle(self) -> None:
        """Answer CONNECT HOST:PORT, then pass on what either side says until one of them ends."""
        method, target = (*self.rfile.readline(CHUNK).decode("ascii", "replace").split(), "", "")[:2]
        while self.rfile.readline(CHUNK).strip():
            pass  # headers
        host, _, port = target.rpartition(":")
        if method != "CONNECT" or not port.isdigit():
            self.wfile.write(b"HTTP/1.1 405 Only CONNECT HOST:PORT\r\n\r\n")
            return
        wanted = (host, int(port))
        try:
            other = socket.create_connection(self.ways.get(wanted, wanted), CONNECT_SECONDS)
        except OSError as error:
            self.wfile.write(f"HTTP/1.1 502 {error}\r\n\r\n".encode())
            return
        with other:
            other.settimeout(None)
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=pass_on, args=(other, self.connection), daemon=True)
            back.start()
            pass_on(self.connection, other)
            back.join()


def pass_on(source: socket.socket, target: socket.socket) -> None:
    """Bytes of one side, to its end; then the other is told that no more will come."""
    try:
        while chunk := source.recv(CHUNK):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # the other side has gone
        return
