"""Files of the pages: their addresses name their content, and by these alone they are kept for good."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

_FOR_GOOD = "public, max-age=31536000, immutable"


def test_pages_name_files_that_are_kept_for_good(client: FlaskClient) -> None:
    """Every style sheet, script and picture of a page is asked for once."""
    addresses = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert len(addresses) >= 4
    for address in addresses:
        with client.get(address) as answer:
            assert (answer.status_code, answer.headers["Cache-Control"]) == (200, _FOR_GOOD), address


def test_a_file_by_another_address_is_asked_for_again(client: FlaskClient) -> None:
    """Without a digest, as other sites load the script of the panel, or with that of other content."""
    for address in ("/static/see-also.js", "/static/seealso.css?v=000000000000", "/static/none.css?v=000000000000"):
        with client.get(address) as answer:
            assert answer.headers.get("Cache-Control") != _FOR_GOOD


def test_answers_tell_how_long_they_took(client: FlaskClient) -> None:
    """In the header that the tools of browsers show."""
    assert re.fullmatch(r"app;dur=\d+\.\d", client.get("/search?q=knee").headers["Server-Timing"])
