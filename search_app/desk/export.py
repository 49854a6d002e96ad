"""What is proposed and what was decided as CSV, with titles and addresses, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from flask import Response, request

from search_app.desk.guard import bp
from search_app.desk.queue import asked, decisions_on
from search_app.services import index
from search_app.spreadsheet import rows

_SIZE = 200


@bp.get("/export.csv")
def export() -> Response:
    """What the queue shows as it is filtered: its open pairs with all decisions, or the pairs of another state."""
    wanted = asked(request.args)
    total = index().clusters(wanted.request, size=1).total if wanted.state == "open" else 0
    found = (index().clusters(wanted.request, page=n, size=_SIZE) for n in range(1, -(-total // _SIZE) + 1))
    text, clusters = io.StringIO(), (cluster for page in found for cluster in page.clusters)
    csv.writer(text).writerows(rows(index(), clusters, decisions_on(wanted)))
    disposition = {"Content-Disposition": "attachment; filename=duplicates.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=disposition)
