# mypy: ignore-errors
"""scim2-tester, told what a portal's users are: run by the Python of .venv-clients.

It draws the value of each attribute that a schema has, and a schema can't say that a user name has
a domain, or that a country is one. Groups are read-only: it has no checks for such.
"""

import json
import os
import sys
import uuid
from typing import Any

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server, filling
from scim2_tester.checkers import patch_add, patch_replace

address, domain = sys.argv[1:]
drawn = filling.generate_random_value


def draw(context: Any, path: Any, mutability: Any = None, required: Any = None) -> Any:
    value = drawn(context, path, mutability, required)
    name = str(path).rpartition(":")[2]
    if value is None:
        return None
    if name == "userName":
        return f"{uuid.uuid4()}@{domain}"
    if name in {"country", "addresses.country", "usageLocation"}:
        return "DE"
    return value


for module in (filling, patch_add, patch_replace):
    module.generate_random_value = draw
headers = {"Authorization": f"Bearer {os.environ['TOKEN']}"}
client = SyncSCIMClient(Client(base_url=address, headers=headers, timeout=60))
results = check_server(client, resource_types=["User"])
rows = [{"title": one.title, "status": one.status.name, "reason": one.reason} for one in results]
print(json.dumps(rows))
sys.exit(any(one.status is not Status.SUCCESS for one in results))
