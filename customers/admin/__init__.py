from . import customers, record

__all__ = ["customers", "record"]
