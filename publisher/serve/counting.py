"""What the server counts for Prometheus: answers by kind and status, never by path, address or reader."""

from prometheus_client import CollectorRegistry, Counter, generate_latest


class Counting:
    """The counters of one server."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry(auto_describe=True)
        self._answers = Counter(
            "publisher_http_answers", "Answers by kind and status.", ("kind", "status"), registry=self._registry
        )
        self._of_pages = {status: self._answers.labels("page", str(status)) for status in (200, 304, 404)}

    def page(self, status: int) -> None:
        """Counts an answer with a page, or with none."""
        counter = self._of_pages.get(status) or self._answers.labels("page", str(status))
        counter.inc()

    def call(self, status: int) -> None:
        """Counts an answer of the API."""
        self._answers.labels("api", str(status)).inc()

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        written: bytes = generate_latest(self._registry)
        return written
