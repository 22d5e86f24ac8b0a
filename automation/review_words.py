"""What the log calls the values of access reviews: as the pages do."""

from customers.log.history import also_read

from .models import Answer, Removal, Subject


def read_review_changes() -> None:
    labels = {**dict(Answer.choices), **dict(Removal.choices)}
    also_read("answer", lambda text: str(labels.get(text, text)))
    also_read("removal", lambda text: str(labels.get(text, text)))
    also_read("otherwise", lambda text: str(labels.get(text, text)))
    subjects = dict(Subject.choices)
    also_read("subject", lambda text: str(subjects.get(text, text)))
