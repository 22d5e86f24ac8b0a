"""Applications that are told of sessions that have ended: a process that takes logout tokens.

`python -m tests.bench.applications.receiver NUMBER` listens at so many ports, one an application,
and keeps connections open. It prints them, reads the issuer, the keys and each application's client
as a line of JSON, and verifies what it is sent as OpenID Connect Back-Channel Logout 1.0 (2.6) has
it. For each further line it answers with what it has taken since the last one.
"""

import asyncio
import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs

import jwt

EVENT = "http://schemas.openid.net/event/backchannel-logout"
CLAIMS = ["iss", "sub", "aud", "iat", "exp", "jti", "events", "sid"]


class Receiver:
    def __init__(self, number: int) -> None:
        self.number = number
        self.issuer = ""
        self.keys: dict[str, Any] = {}
        self.clients: list[str] = []
        self.told: list[tuple[str, float]] = []
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        self.connections = 0

    async def run(self) -> None:
        servers = [
            await asyncio.start_server(self._of(place), "127.0.0.1", 0)
            for place in range(self.number)
        ]
        print(json.dumps([one.sockets[0].getsockname()[1] for one in servers]), flush=True)
        loop = asyncio.get_running_loop()
        first = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
        self.issuer, self.clients = first["issuer"], first["clients"]
        self.keys = {key["kid"]: jwt.PyJWK(key) for key in first["keys"]}
        while await loop.run_in_executor(None, sys.stdin.readline):
            told, self.told = self.told, []
            answer = {"told": told, "wrong": self.wrong, "connections": self.connections}
            print(json.dumps(answer), flush=True)

    def _of(self, place: int) -> Any:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self.connections += 1
            try:
                while await self._answer(place, reader, writer):
                    pass
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        return serve

    async def _answer(
        self, place: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(
            int(line.partition(":")[2])
            for line in head.splitlines()
            if line.startswith("content-length:")
        )
        body = (await reader.readexactly(length)).decode()
        try:
            self._take(place, parse_qs(body)["logout_token"][0])
            status = "200 OK"
        except (jwt.PyJWTError, KeyError, AssertionError) as error:
            self.wrong.append(repr(error))
            status = "400 Bad Request"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        return True

    def _take(self, place: int, token: str) -> None:
        header = jwt.get_unverified_header(token)
        assert header["typ"] == "logout+jwt"
        claims = jwt.decode(
            token,
            self.keys[header["kid"]].key,
            algorithms=["RS256"],
            audience=self.clients[place],
            issuer=self.issuer,
            options={"require": CLAIMS},
        )
        assert claims["events"] == {EVENT: {}}
        assert "nonce" not in claims
        assert claims["jti"] not in self.seen, "sent before"
        self.seen.add(claims["jti"])
        self.told.append((claims["sid"], time.time()))


if __name__ == "__main__":
    asyncio.run(Receiver(int(sys.argv[1])).run())
