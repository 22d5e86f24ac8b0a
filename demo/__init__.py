"""Demo data: two partners, their customers, and what happened to them in the last two years."""
