"""What is proposed and what was decided as CSV, with titles and addresses, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from flask import Response, request

from search_app.desk.guard import bp
from search_app.desk.queue import asked
from search_app.services import index, served
from search_app.spreadsheet import rows

_SIZE = 200


@bp.get("/export.csv")
def export() -> Response:
    """The open pairs of the queue as it is filtered, and all that was decided."""
    wanted = asked(request.args).request
    pages = -(-index().clusters(wanted, size=1).total // _SIZE)
    found = (index().clusters(wanted, page=n, size=_SIZE) for n in range(1, pages + 1))
    text, clusters = io.StringIO(), (cluster for page in found for cluster in page.clusters)
    csv.writer(text).writerows(rows(index(), clusters, served().snapshot.history))
    disposition = {"Content-Disposition": "attachment; filename=duplicates.csv"}
    return Response(text.getvalue(), mimetype="text/csv", headers=disposition)
