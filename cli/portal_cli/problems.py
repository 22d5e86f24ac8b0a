"""What can go wrong, each with the status that the program then ends with."""


class Problem(Exception):
    """A problem told in a sentence; nothing more was done."""

    status = 1


class NotSignedIn(Problem):
    status = 3


class Unreachable(Problem):
    status = 4
