"""A receiver of webhooks: a process that verifies what it is sent by the standard's own library.

`python -m tests.bench.applications.hook_receiver` prints its port and reads the secret as a line of
JSON. For each further line it answers with what it has taken since the last one: message, event,
and when.
"""

import asyncio
import json
import sys
import time

from standardwebhooks import Webhook, WebhookVerificationError


class Receiver:
    def __init__(self) -> None:
        self.verifier = Webhook(b"none")
        self.told: list[tuple[str, int, float]] = []
        self.wrong: list[str] = []
        self.connections = 0

    async def run(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)
        loop = asyncio.get_running_loop()
        self.verifier = Webhook(json.loads(await loop.run_in_executor(None, sys.stdin.readline)))
        while await loop.run_in_executor(None, sys.stdin.readline):
            told, self.told = self.told, []
            answer = {"told": told, "wrong": self.wrong, "connections": self.connections}
            print(json.dumps(answer), flush=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()[1:]
        pairs = (line.partition(":")[::2] for line in lines if line)
        headers = {name.lower(): value.strip() for name, value in pairs}
        body = await reader.readexactly(int(headers["content-length"]))
        try:
            message = self.verifier.verify(body, headers)
            self.told.append((headers["webhook-id"], message["data"]["eventId"], time.time()))
            status = "200 OK"
        except WebhookVerificationError as error:
            self.wrong.append(repr(error))
            status = "400 Bad Request"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        return True


if __name__ == "__main__":
    asyncio.run(Receiver().run())
