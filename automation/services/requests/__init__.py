"""Asking for licenses and seats, and answering who asked."""

from .answering import approve_license, approve_seats, decline
from .asking import ask_for_license, ask_for_seats, cancel_request
from .forgetting import forget_requests

__all__ = [
    "approve_license",
    "approve_seats",
    "ask_for_license",
    "ask_for_seats",
    "cancel_request",
    "decline",
    "forget_requests",
]
