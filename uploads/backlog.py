from accounts.queries.backlog import Waiting, waiting_of

from .models import Upload, UploadState


def waiting() -> dict[str, Waiting]:
    """Return how many uploads wait for a worker, of every partner, and for how long."""
    return {
        "uploads": waiting_of(Upload.objects.filter(state=UploadState.WAITING), "waiting_since")
    }
