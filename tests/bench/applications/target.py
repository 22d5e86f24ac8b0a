"""An application that takes accounts and costs next to nothing: dictionaries in one process.

`python -m tests.bench.applications.target PORT MILLISECONDS` answers so much later than it could,
as one that is far away, or slow, does. It knows as much of SCIM as the portal asks for, and counts
connections: `GET /v2/Connections` says over how many accounts were made at the same time at most.
"""

import asyncio
import itertools
import json
import os
import re
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, Any] | None]
NAMED = re.compile(r'userName eq "(.*)"')


class Target:
    def __init__(self, delay: float) -> None:
        self.delay, self.token = delay, os.environ["SCIM_TOKEN"]
        self.accounts: dict[str, dict[str, Any]] = {}
        self.by_name: dict[str, str] = {}
        self.numbers = itertools.count(1)
        self.making: set[asyncio.StreamWriter] = set()
        self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.making.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        method, address, _version = lines[0].split(" ")
        headers = {
            name.lower(): value.strip()
            for name, _colon, value in (line.partition(":") for line in lines[1:])
        }
        sent = await reader.readexactly(int(headers.get("content-length", 0)))
        if method == "POST":
            self.making.add(writer)
            self.most = max(self.most, len(self.making))
        await asyncio.sleep(self.delay)
        known = headers.get("authorization") == f"Bearer {self.token}"
        status, told = self._answer(method, address, sent) if known else (401, None)
        body = b"" if told is None else json.dumps(told).encode()
        head = f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n"
        kind = "Content-Type: application/scim+json\r\n\r\n"
        writer.write((head + kind).encode() + body)
        await writer.drain()
        return True

    def _answer(self, method: str, address: str, sent: bytes) -> Answer:
        parts = urlsplit(address)
        what, _slash, pk = parts.path.removeprefix("/v2/").partition("/")
        if what == "Connections":
            return 200, {"most": self.most}
        if method == "GET":
            return 200, self._list(parse_qs(parts.query))
        if method == "POST":
            return self._make(json.loads(sent))
        if pk not in self.accounts:
            return 404, None
        if method == "PATCH":
            for operation in json.loads(sent)["Operations"]:
                self.accounts[pk][operation["path"]] = operation["value"]
        return 204, None

    def _make(self, told: dict[str, Any]) -> Answer:
        if told["userName"] in self.by_name:
            return 409, None
        pk = str(next(self.numbers))
        self.by_name[told["userName"]] = pk
        self.accounts[pk] = {**told, "id": pk}
        return 201, self.accounts[pk]

    def _list(self, asked: dict[str, list[str]]) -> dict[str, Any]:
        if named := NAMED.fullmatch(asked.get("filter", [""])[0]):
            pk = self.by_name.get(named[1])
            found = [self.accounts[pk]] if pk else []
        else:
            start, count = (int(asked.get(name, ["1"])[0]) for name in ("startIndex", "count"))
            found = list(itertools.islice(self.accounts.values(), start - 1, start - 1 + count))
        return {"totalResults": len(self.accounts), "Resources": found}


async def main(port: int, milliseconds: float) -> None:
    server = await asyncio.start_server(Target(milliseconds / 1e3).serve, "localhost", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
