"""Microsoft's own library asks for a token, at another authority. See partner_center for how."""

import json
import sys
from typing import Any

import msal
import requests

told = json.load(sys.stdin)


class WithoutTls(requests.adapters.HTTPAdapter):
    """The test's server speaks no TLS, which the library demands of an authority."""

    def send(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        request.url = request.url.replace("https://", "http://", 1)
        kwargs["verify"] = False
        return super().send(request, *args, **kwargs)


session = requests.Session()
session.mount("https://", WithoutTls())
answers = []
for secret in told["secrets"]:
    application = msal.ConfidentialClientApplication(
        told["client_id"],
        client_credential=secret,
        oidc_authority=told["authority"],
        http_client=session,
    )
    answers.append(
        application.acquire_token_for_client(["https://api.partnercenter.microsoft.com/.default"])
    )
print(json.dumps(answers))
