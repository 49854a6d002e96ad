"""What machines ask for that watch or visit a site: health, metrics for Prometheus, robots.txt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Protocol

from flask import Blueprint, Flask, Response, current_app, g, jsonify, request, url_for
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from indexer import Index, SearchError
from search_app import inbox
from search_app.security import route_of
from search_app.services import index, ledger

bp = Blueprint("monitoring", __name__)
_KEY = "seealso.metrics"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
# Searches have no end: a crawler would follow filter after filter.
_ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /api/\nDisallow: /desk\n"


class Queue(Protocol):
    """The requests of a server that wait for their turn, and how many were refused since it started."""

    @property
    def waiting(self) -> int:
        """How many wait now."""

    refused: int


class Metrics:
    """What /metrics tells. Of requests it knows the route, never the address or the text."""

    def __init__(self) -> None:
        self.queue: Queue | None = None
        self.registry = CollectorRegistry()
        self.seconds = Histogram(
            "seealso_request_seconds",
            "Seconds from the beginning of a request to its answer.",
            ("route", "status"),
            buckets=_BOUNDS,
            registry=self.registry,
        )
        ProcessCollector(registry=self.registry)
        self.registry.register(self)

    def collect(self) -> Iterator[Metric]:
        """What is looked up when it is asked for."""
        if self.queue:
            waits = "Requests that wait for their turn."
            yield GaugeMetricFamily("seealso_requests_waiting", waits, self.queue.waiting)
            refused = "Requests that were refused because too many waited."
            yield CounterMetricFamily("seealso_requests_refused", refused, self.queue.refused)
        try:
            own = index()
        except SearchError:  # /readyz says why
            return
        info, (published, since) = own.info, _published(own)
        behind = (datetime.now(UTC) - since).total_seconds() if since else 0.0
        for name, told, value in (
            ("generation_served", "Number of the generation that answers.", info.generation),
            ("generation_published", "Number of the generation that was published last.", published),
            ("generation_behind_seconds", "Seconds since another generation was published than is served.", behind),
            ("documents", "Documents of the generation that is served.", sum(info.documents.values())),
            ("drift_ratio", "Share of the documents that changed since the last full build.", info.drift),
            ("compiled", "1 where the compiled loops answer, 0 where NumPy does.", own.is_compiled),
        ):
            yield GaugeMetricFamily(f"seealso_{name}", told, value)
        about = {"engine": info.engine, "analysis": info.analysis, "model": "semantic" if info.semantic else "none"}
        model = GaugeMetricFamily("seealso_index", "What made the index; always 1.", labels=list(about))
        model.add_metric(list(about.values()), 1)
        yield model


def init_app(app: Flask) -> None:
    """Register the routes, and time each request by its route."""
    metrics = app.extensions[_KEY] = Metrics()
    app.register_blueprint(bp)

    @app.after_request
    def time_it(response: Response) -> Response:
        if "started" in g:
            spent = time.perf_counter() - g.started
            metrics.seconds.labels(route_of(request), response.status_code).observe(spent)
            response.headers["Server-Timing"] = f"app;dur={1000 * spent:.1f}"
        return response


def watch(app: Flask, queue: Queue) -> None:
    """Let /metrics tell of the queue of the server that runs an application."""
    app.extensions[_KEY].queue = queue


@bp.get("/metrics")
def metrics() -> Response:
    """Counts and times in Prometheus' text format."""
    told: Metrics = current_app.extensions[_KEY]
    return Response(generate_latest(told.registry), content_type=CONTENT_TYPE_LATEST)


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers; says nothing of the index."""
    return jsonify(status="ok")


@bp.get("/readyz")
def readyz() -> Response:
    """The index opens; 503 where it does not. Where another generation was published than is served, since when; and
    whether decisions can be read: where not, visitors are served by those that last could, after a start by none; and
    whether texts are also found by their meaning: where the encoder of the index is not there, words alone answer.
    """
    own = index()
    try:
        ledger().current()
        decisions = "ok"
    except SearchError:
        decisions = "unavailable"
    published, since = _published(own)
    told = since.isoformat(timespec="seconds") if since else None
    meaning = {"meaning": "ok" if own.info.semantic else "unavailable"} if own.info.encoder else {}
    return jsonify(
        status="ready",
        generation=own.info.generation,
        published=published,
        since=told,
        decisions=decisions,
        inbox=inbox.told(current_app.config["SEEALSO"]["inbox"]),
        **meaning,
    )


@bp.get("/robots.txt")
def robots() -> Response:
    """What crawlers are asked to leave out, and where the list of pages is."""
    return Response(f"{_ROBOTS}Sitemap: {url_for('findable.sitemap', _external=True)}\n", mimetype="text/plain")


def _published(own: Index) -> tuple[int, datetime | None]:
    """The number of the generation that was published last, and since when, where it is another than is served."""
    with suppress(SearchError):  # where nobody can tell what was published, what is served is served on
        if newer := own.newer():
            return newer.generation, newer.since
    return own.info.generation, None
