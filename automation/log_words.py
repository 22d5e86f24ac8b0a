"""What the log calls the values of schedules: as the pages do."""

from customers.log.history import also_read, kind_label, read_moment


def read_changes() -> None:
    also_read("scheduled", _kind)
    also_read("left_out_of", _kind)
    also_read("due_at", read_moment)


def _kind(text: str) -> str:
    return kind_label(text, None)
