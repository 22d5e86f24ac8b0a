from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ...models import Application


def leave(request: HttpRequest, address: str, application: Application | None) -> HttpResponse:
    """Send the browser to an application: by a redirect, or from a page that leads on by itself.

    `form-action 'self'` holds for every redirect that follows a form, so that from the sign-in page
    no application could be reached. A page in between ends the chain, and the policy stays.
    """
    site = request.headers.get("Sec-Fetch-Site")
    # Whether a page of the portal led here, maybe by a form; older browsers name only the page.
    from_here = urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()
    if site == "same-origin" or (site is None and from_here):
        context = {"address": address, "application": application}
        return render(request, "applications/leaving.html", context)
    # Not of Django's class for redirects: an app on a phone has a scheme of its own.
    return HttpResponse(status=302, headers={"Location": address})
