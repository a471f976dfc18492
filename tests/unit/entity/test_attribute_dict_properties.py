# coding: utf-8
"""Any writes to `vars(entity)` and to a plain dict come to the same."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

pytest.importorskip('hypothesis')

from hypothesis import given  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from pyral.entity.classes import Defect  # noqa: E402

NAMES = st.sampled_from(['Name', 'State', 'Owner', 'Mood', 'c_Link', 'Tasks', 'Colour'])


@given(st.lists(st.tuples(st.sampled_from(['set', 'del', 'pop', 'get']), NAMES,
                          st.integers() | st.text(max_size=3))))
def test_any_writes_agree_with_a_plain_dict(steps):
    entity = Defect(5, 'Login fails', 'defect/5')
    model = dict(vars(entity))
    for what, name, value in steps:
        data = vars(entity)
        if what == 'set':
            data[name] = model[name] = value
        elif what == 'del' and name in model:
            del data[name]
            del model[name]
        elif what == 'pop':
            assert data.pop(name, None) == model.pop(name, None)
        else:
            assert data.get(name) == model.get(name)
        if name == 'Name' and name not in model:
            model.pop('_refObjectName', None)  # it goes with the name
        assert dict(vars(entity)) == model
