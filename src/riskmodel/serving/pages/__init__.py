"""Pages for officials: rendered on the server, with forms and links that work without a script."""
