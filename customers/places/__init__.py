"""A user's own places: the customers with a star, and what was opened last."""
