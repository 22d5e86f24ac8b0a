"""A wire to a server on which an answer can be held back."""

import socket
import threading
from pathlib import Path
from typing import Self

from tests.support.servers import free_port


class Relay:
    """Passes on what comes, until someone says `word`: from then on that one hears nothing."""

    def __init__(self, server: Path, word: bytes) -> None:
        self.server, self.word = server, word
        self.held = threading.Event()
        self.port = free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._wires: list[socket.socket] = []

    def start(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def stop(self) -> None:
        for wire in (self._listener, *self._wires):
            wire.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.server))
            self._wires += [client, server]
            silent = threading.Event()
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pass_on, args=(*ends, silent), daemon=True).start()

    def _pass_on(
        self, source: socket.socket, target: socket.socket, silent: threading.Event
    ) -> None:
        try:
            while part := source.recv(65_536):
                if self.word in part:
                    silent.set()
                    self.held.set()
                if not silent.is_set():
                    target.sendall(part)
        except OSError:
            return
        finally:
            for wire in (source, target):
                wire.close()
