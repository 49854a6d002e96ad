"""Makes the panel of a page of the index, from what a build stored of it; a filter has its neighbours found anew."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from indexer.answering.closeness import JUDGED, page_closeness, page_floor
from indexer.answering.neighbours import neighbours_of
from indexer.answering.panel import PanelText, close_ones, make_panel
from indexer.answering.settled import Settled
from indexer.answering.weighing import own_analysed, weigh, weigh_terms
from indexer.decisions import Decisions
from indexer.generation import SHOWN, Generation, KeptWithPage, Ranked
from indexer.ranking.weighting import Statistics
from indexer.types import EVERYTHING, Filter, Panel


def related(generation: Generation, id_: str, where: Filter, limit: int, settled: Settled) -> Panel | None:
    """The panel of a page, at most `limit` cards; None where there is no such page."""
    own = _neighbours(generation, id_, where, settled)
    if own is None:
        return None
    close = settled.shown(id_, own)
    passing = {r.id for r in close}
    first = [other for other in settled.put_first(id_) if where == EVERYTHING or other in passing]
    kept = generation.cards(id_)
    return make_panel(generation, _text(generation, id_), close, limit, settled, first, kept)


def kept_with(generation: Generation, id_: str) -> KeptWithPage:
    """What a generation may keep with a page: what its panel shows as long as editors decide nothing."""
    undecided = Settled(generation, Decisions())
    close = _neighbours(generation, id_, EVERYTHING, undecided) or []
    panel = make_panel(generation, _text(generation, id_), close, SHOWN, undecided)
    return KeptWithPage([r.id for r in close], panel.cards)


def _neighbours(generation: Generation, id_: str, where: Filter, settled: Settled) -> list[Ranked] | None:
    """The neighbours of a page that are close to it, each with its closeness; None where there is no such page."""
    near = generation.neighbours(id_)
    if near is None:
        return None
    closeness = generation.closeness(id_) if where == EVERYTHING else ()
    if where != EVERYTHING:
        weighed = weigh(generation, own_analysed(generation, id_), vector=generation.vector(id_))
        near = neighbours_of(generation, weighed, where=where, without=id_, instead=settled.instead)
    near, own = near.best(JUDGED), statistics_of(generation, id_)
    return close_ones(near.ranked, closeness or page_closeness(generation, own, id_, near), page_floor(own))


def statistics_of(generation: Generation, id_: str) -> Statistics:
    """The statistics of a page's kind."""
    both = generation.statistics
    return both.of_document(han=own_analysed(generation, id_).in_han) if both.han else both


def _text(generation: Generation, id_: str) -> PanelText:
    """A page as the text of its panel."""
    return PanelText(partial(telling, generation, id_), generation.vector(id_), generation.matched(id_))


def telling(generation: Generation, id_: str) -> Mapping[str, float]:
    """How much each term and concept of a page tells."""
    return weigh_terms(generation, own_analysed(generation, id_))[1]
