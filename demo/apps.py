from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Two partners and two years of life, for a portal that is looked at or measured."""

    name = "demo"
