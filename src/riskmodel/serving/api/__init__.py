"""The JSON interface for case systems, documented by its OpenAPI page."""
