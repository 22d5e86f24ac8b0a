"""The log by the API."""

from urllib.parse import quote

from tests.api.caller import Script, at, of, script_of, told
from tests.support.cast import Cast


def test_the_log_is_told_as_audit_records(script: Script, cast: Cast) -> None:
    told(script("POST", f"{at(cast.contoso)}/users/{of(cast.uma)}/block"))
    [record] = script.get("/auditrecords")["items"]
    assert record["operationType"] == "update_customer_user"
    assert record["userPrincipalName"] == "alice@fabrikam.example"
    assert record["customerName"] == "Contoso"
    assert script.get(f"/auditrecords/{record['id']}")["id"] == record["id"]
    assert (
        script.get("/auditrecords?endDate=6/1/2017 12:00:00 AM&startDate=2017-05-01")["items"] == []
    )
    wanted = quote(f'{{"Field":"CustomerId","Value":"{record["customerId"]}","Operator":"equals"}}')
    assert script.get(f"/auditrecords?filter={wanted}")["totalCount"] == 1
    none = quote('{"Field":"CompanyName","Value":"north","Operator":"substring"}')
    assert script.get(f"/auditrecords?filter={none}")["totalCount"] == 0
    stranger = script_of(cast.charlie)
    assert stranger.get("/auditrecords")["items"] == []
    assert told(stranger("GET", f"/auditrecords/{record['id']}"), 404)["code"] == 1_000


def test_changes_are_told_in_order_and_by_ids_alone(script: Script, cast: Cast) -> None:
    start = script.get("/changes")["nextSince"]
    user = at(cast.contoso, "users", of(cast.uma))
    for action in ("block", "allow"):
        told(script("POST", f"{user}/{action}"))
    first = script.get(f"/changes?since={start}&size=1")
    assert first["hasMore"] is True
    assert first["items"][0]["type"] == "user.blocked"
    assert first["items"][0]["resourceUri"] == user
    rest = script.get(f"/changes?since={first['nextSince']}")
    assert [row["type"] for row in rest["items"]] == ["user.allowed"]
    assert rest["hasMore"] is False
    assert "Uma" not in str(first)
    assert told(script("GET", "/changes?since=x"), 400)["code"] == 3_000
