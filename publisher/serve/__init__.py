"""Site and API over HTTP, as an ASGI application: built pages from memory, a reader's banners, answers, point in time."""

from publisher.serve.application import Application

__all__ = ["Application"]
