"""Monthly risk of falling back into poverty, with its reasons, for every household of a county."""

__version__ = "0.1.0"
