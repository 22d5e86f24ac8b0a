from prometheus_client import Counter

SEATS_REFUSED = Counter("portal_seats_refused", "Checks and changes that found too few seats.")
