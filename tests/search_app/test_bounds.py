"""What the API says may be asked for is what the index takes: the bounds stand in both, as both are asked alone."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from indexer.answering import bounds, query, search
from indexer.duplicates import listing
from search_app import pages, requests
from search_app.desk import cards


def test_parameters_have_the_bounds_of_the_index() -> None:
    """Characters of a search, hits on a page and in all, cards of a panel."""
    assert query.MOST_CHARACTERS == requests.MOST_CHARACTERS
    assert requests.SIZE.schema["maximum"] == search.MOST_SIZE
    assert pages.SIZE * pages.MOST_PAGES == search.MOST_HITS
    assert requests.LIMIT.schema["maximum"] == bounds.MOST_CARDS == cards._MOST_CARDS


def test_the_description_has_the_bounds_of_the_index(client: FlaskClient) -> None:
    """Characters of a draft, whole or as title and text, and clusters on a page."""
    told: dict[str, Any] = client.get("/api/v1/openapi.json").json or {}
    drafts = [schema["properties"] for name, schema in told["components"]["schemas"].items() if "Draft" in name]
    sizes = [own["text"]["maxLength"] for own in drafts if "text" in own]
    sizes += [own["title"]["maxLength"] + 1 + own["body"]["maxLength"] for own in drafts if "title" in own]
    assert sizes == [bounds.MOST_DRAFT] * len(sizes)
    assert len(sizes) == 2
    parameters = told["paths"]["/api/v1/duplicates"]["get"]["parameters"]
    (size,) = [own["schema"]["maximum"] for own in parameters if own["name"] == "size"]
    assert size == listing.MOST_SIZE
