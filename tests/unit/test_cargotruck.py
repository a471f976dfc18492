# -*- coding: utf-8 -*-
"""The cargo truck: some work done by several threads, results in order."""
from __future__ import absolute_import, division, print_function, unicode_literals

from pyral.cargotruck import CargoTruck


def test_a_truck_brings_its_cargo_in_order():
    class Agent(object):
        def fetch(self, order, timeout=None):
            return order * 10, timeout

    truck = CargoTruck([1, 2, 3, 4], 2)
    truck.load(Agent(), 'fetch', 5)
    assert truck.dump() == [(10, 5), (20, 5), (30, 5), (40, 5)]
