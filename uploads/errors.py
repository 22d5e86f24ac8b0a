from customers.errors import Refused


class FileRefused(Refused):
    """The file is of no use as it is: what is wrong with it and what to do, in a sentence."""
