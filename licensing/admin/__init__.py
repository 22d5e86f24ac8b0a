from . import products, subscriptions

__all__ = ["products", "subscriptions"]
