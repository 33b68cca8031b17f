"""The report of a model: what it is made of, what is said of it, and the page and the card that say it."""
