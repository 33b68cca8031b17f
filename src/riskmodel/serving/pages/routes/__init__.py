"""One file of routes for each page, or for pages that belong together."""
