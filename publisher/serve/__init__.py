"""Site and API over HTTP, as an ASGI application: pages from memory, a reader's banners and answers, point in time."""

from publisher.serve.application import Application

__all__ = ["Application"]
