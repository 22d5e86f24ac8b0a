"""Each request in the log."""

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware as BaseRequestMiddleware

from customers.visitors import client_address


class RequestMiddleware(BaseRequestMiddleware):
    """Names the visitor's address as the rest of the portal does: nobody writes another one."""

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        structlog.contextvars.bind_contextvars(ip=client_address(request))
