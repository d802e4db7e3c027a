"""Jinja2: pages, mails, banner, feeds. Values in, text out; no files are written here."""
