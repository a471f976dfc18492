"""The object browser: Subscription, Workspace, Project and on, every reference a link.

Pages are made on the server from the same rows a client gets, work without scripts, and show the
JSON behind them. Everything is escaped by the templates. A refusal is part of the page, which is
why these are the only handlers that catch it.

`first_page` is the way in, `lists` and `object_page` show what there is, `jump` finds it,
`burn_charts` draws, `request_log` shows the traffic, and `page` is the frame of them all.
"""

from .favicon import favicon
from .first_page import first_page
from .jump import go
from .lists import collection, listing
from .object_page import item
from .page import in_page, plain_page
from .request_log import request_log_page

__all__ = [
    'collection',
    'favicon',
    'first_page',
    'go',
    'in_page',
    'item',
    'listing',
    'plain_page',
    'request_log_page',
]
