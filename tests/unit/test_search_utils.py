# -*- coding: utf-8 -*-
"""The stand-in for a response that search results come in."""
from __future__ import absolute_import, division, print_function, unicode_literals

from pyral import search_utils


def test_a_mock_response_is_one_pass_over_a_list():
    response = search_utils.MockRallyRESTResponse([1, 2])
    assert (response.resultCount, response.status_code, response.errors) == (2, 200, [])
    assert list(response) == [1, 2] and list(response) == [] and response
