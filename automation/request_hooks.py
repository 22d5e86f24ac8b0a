"""What the apps below show and give of requests; the app says so when it is ready."""

from accounts.personal import also_given
from accounts.views.user_cards import also_in_account
from applications.offers import also_offered

from .personal_requests import request_relations
from .views.requests.own import ask_offers, own_requests_card


def offer_requests() -> None:
    """Offer asking where a license is lacking: under My apps, in My account, at a closed door."""
    also_given(request_relations)
    also_in_account(own_requests_card)
    also_offered(ask_offers)
