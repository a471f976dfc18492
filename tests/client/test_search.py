# -*- coding: utf-8 -*-
"""Full-text search, which the service has withdrawn."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from pyral import RallyRESTAPIError


def test_search_says_that_it_was_withdrawn(rally):
    for keywords in ('login', ['login', 'page']):
        with pytest.raises(RallyRESTAPIError):
            rally.search(keywords)
