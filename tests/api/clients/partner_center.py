"""What a partner's script does with Partner Center's client from PyPI, at another base address.

Run by the Python that has the client (tests.support.clients); told by JSON on standard input where
the portal is, and whom it is about. It prints what each step was answered.
"""

import json
import sys
import uuid
from typing import Any

from microsoft.store import partnercenterservices as pc
from msrest.authentication import BasicTokenAuthentication
from msrestazure.azure_exceptions import CloudError

told = json.load(sys.stdin)
client = pc.MicrosoftPartnerStoreApis(
    BasicTokenAuthentication({"access_token": told["token"]}), base_url=told["base"]
)
models = pc.models
customer = told["customer"]
get, post = client.getvversioncustomerscustomer, client.postvversioncustomerscustomer
patch, delete = client.patchvversioncustomerscustomer, client.deletevversioncustomerscustomer
done: dict[str, Any] = {}


def step(name: str, call: Any, *args: Any, **sent: Any) -> Any:
    """Call, and note the status and what the client made of the answer."""
    try:
        raw = call(*args, version="1", raw=True, **sent)
    except CloudError as error:
        done[name] = {"status": error.status_code, "output": None, "body": None}
        return None
    output = raw.output
    if hasattr(output, "as_dict"):
        output = output.as_dict()
    answer = raw.response
    body = answer.json() if answer.content else None
    done[name] = {"status": answer.status_code, "output": output, "body": body}
    return output


def user(**fields: Any) -> Any:
    return models.MicrosoftPartnerSdkContractsV1CustomerUser(**fields)


step("customers", client.getvversioncustomersfilterfilter.value, size=1)
step("customer", get.id, customer_id=customer)
step("company", get.idprofilescompany, customer_id=customer)
first = step("users", get.value6, customer_id=customer, size=1)
new = {
    "user_principal_name": "nora@contoso.example",
    "display_name": "Nora Berg",
    "first_name": "Nora",
    "last_name": "Berg",
    "usage_location": "NO",
}
sent_twice = str(uuid.uuid4())
made = step("add", post.idusers, customer, user(**new), ms_request_id=sent_twice)
again = step("add again", post.idusers, customer, user(**new), ms_request_id=sent_twice)
step(
    "add other",
    post.idusers,
    customer,
    user(**{**new, "display_name": "N"}),
    ms_request_id=sent_twice,
)
nora = made["id"]
step("get", get.id2, customer, nora)
step("change", patch.id2, customer, nora, user(display_name="Nora Berg-Lie"))
step("skus", get.value4, customer, license_group_ids=["Group1"])
sku = done["skus"]["output"]["items"][0]["product_sku"]["id"]
assign = models.MicrosoftPartnerSdkContractsV1UserLicenseManagementLicenseAssignment(sku_id=sku)
step("assign", post.idlicenseupdates, customer, nora, licenses_to_assign=[assign])
step("licenses", get.value5, customer, nora)
step("assign to uma", post.idlicenseupdates, customer, told["uma"], licenses_to_assign=[assign])
step("remove", post.idlicenseupdates, customer, nora, licenses_to_remove=[sku])
step("roles", get.value, customer_id=customer)
role = done["roles"]["output"]["items"][-1]["id"]
member = models.MicrosoftPartnerSdkContractsV1ContractsRoleManagementUserMember(
    id=nora, display_name="Nora", user_principal_name="nora@contoso.example"
)
step("give role", post.idusermembers, customer, role, member)
step("members", get.value1, customer_id=customer, role_id=role)
step("roles of", get.iddirectoryroles, customer, nora)
step("take role", delete.id1, customer, nora, role)
step("subscriptions", get.value9, customer)
own = done["subscriptions"]["output"]["items"][0]["id"]
subscription = step("subscription", get.id6, customer, own)
step("delete", delete.id2, customer, nora)
step("get deleted", get.id2, customer, nora)
step("restore", patch.id2, customer, nora, user(state="active"))
step("stranger", get.id2, told["stranger"], nora)
print(json.dumps(done, default=str))
