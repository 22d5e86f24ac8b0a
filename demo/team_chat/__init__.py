"""Team Chat, the small application that `make run` starts beside the portal."""
