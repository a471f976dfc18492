# -*- coding: utf-8 -*-
"""Pickles: of entities, and of what holds credentials."""
from __future__ import absolute_import, division, print_function, unicode_literals

import copy
import pickle

import pytest


def test_nothing_shows_a_secret(emu):
    for rally in (emu.connect(), emu.sign_in()):
        shown = repr(rally) + repr(rally.contextHelper) + repr(rally.contextHelper.currentContext())
        assert emu.password not in shown and emu.apikey not in shown
        with pytest.raises(TypeError):
            pickle.dumps(rally)
        with pytest.raises(TypeError):
            copy.deepcopy(rally._transport)


def test_an_entity_that_was_pickled_loads_again(emu, rally):
    tag = list(rally.get('Tag', fetch=False, limit=1))[0]
    data = pickle.dumps(tag)
    assert emu.apikey.encode('ascii') not in data
    again = pickle.loads(data)
    assert again == tag
    again.attach(rally)
    assert again.CreationDate
