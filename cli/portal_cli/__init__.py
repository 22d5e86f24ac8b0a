"""The Partner Portal's command line."""
