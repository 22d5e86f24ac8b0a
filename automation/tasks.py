"""The tasks of what is done by itself: three lines around a service each."""
