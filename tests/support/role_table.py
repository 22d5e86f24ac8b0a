"""The role table of the product's design, word for word: what tests of access are made from.

Nothing here is read from the code that keeps the rules but the names of its capabilities. The
columns of billing and service are the design's sentence about them: "billing sees licenses and
subscriptions, service sees only".
"""

from customers.roles import Capability, Reach, Role

TABLE = """
| | Account admin | Admin agent | Sales agent | Helpdesk agent | Global administrator | User administrator | License administrator | Password administrator | Billing administrator | Service administrator |
| see customers, users, licenses | ✓ | ✓ | ✓ | ✓ | own | own | own | own | own | own |
| add, edit, upload, block, delete, restore users | ✓ | ✓ | – | – | own | own, not admins | – | – | – | – |
| delete permanently | ✓ | ✓ | – | – | own | – | – | – | – | – |
| manage licenses | ✓ | ✓ | ✓ | ✓ | own | own | own | – | – | – |
| reset password | ✓ | ✓ | – | not of admins | own | own, not admins | – | own, not admins | – | – |
| subscriptions | ✓ | ✓ | ✓ | see | see | see | see | – | see | – |
| activity log | ✓ | ✓ | own actions | own actions | own | – | – | – | – | – |
| team | ✓ | – | – | – | – | – | – | – | – | – |
| applications | ✓ | – | – | – | – | – | – | – | – | – |
| catalog | ✓ | – | – | – | – | – | – | – | – | – |
| customers added | ✓ | ✓ | – | – | – | – | – | – | – | – |
"""  # noqa: E501

SEE = "see customers, users, licenses"
USERS = "add, edit, upload, block, delete, restore users"
PERMANENTLY = "delete permanently"
LICENSES = "manage licenses"
RESET = "reset password"
SUBSCRIPTIONS = "subscriptions"
ACTIVITY = "activity log"
TEAM = "team"
APPLICATIONS = "applications"
CATALOG = "catalog"
CUSTOMERS = "customers added"
# What a page loads besides, before sign-in too: logo and colors of a partner.
BRAND = {"brand-colors", "brand-logo", "brand-preview"}
# A row of the table for each capability of the code.
ROW_OF = {
    Capability.SEE: SEE,
    Capability.MANAGE_CUSTOMERS: CUSTOMERS,
    Capability.MANAGE_USERS: USERS,
    Capability.DELETE_PERMANENTLY: PERMANENTLY,
    Capability.MANAGE_LICENSES: LICENSES,
    Capability.RESET_PASSWORDS: RESET,
    Capability.MANAGE_SUBSCRIPTIONS: SUBSCRIPTIONS,
    Capability.SEE_ACTIVITY: ACTIVITY,
    Capability.MANAGE_TEAM: TEAM,
    Capability.MANAGE_APPLICATIONS: APPLICATIONS,
    Capability.MANAGE_CATALOG: CATALOG,
}

_REACH = {
    "✓": Reach.FULL,
    "own": Reach.FULL,
    "not of admins": Reach.LIMITED,
    "own, not admins": Reach.LIMITED,
    "own actions": Reach.LIMITED,
    "see": Reach.NONE,
    "–": Reach.NONE,
}


def _rows() -> dict[str, dict[Role, str]]:
    head, *lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in TABLE.strip().splitlines()
    ]
    roles = [Role(name) for name in head[1:]]
    return {line[0]: dict(zip(roles, line[1:], strict=True)) for line in lines}


ROWS = _rows()


def reach_in_table(row: str, role: Role | None) -> Reach:
    """How far the role goes; a user without one goes nowhere."""
    return _REACH[ROWS[row][role]] if role else Reach.NONE


def may(row: str) -> set[Role]:
    return {role for role in ROWS[row] if reach_in_table(row, role) != Reach.NONE}


def may_look(row: str) -> set[Role]:
    """Who sees it, whether or not they may do it."""
    return {role for role, cell in ROWS[row].items() if cell != "–"}
