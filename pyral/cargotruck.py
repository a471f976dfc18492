"""Parallel requests by their historic name: a thin wrapper over the ordered thread pool."""
from __future__ import absolute_import, division, print_function

from pyral._threads import each

__all__ = ['CargoTruck']


class CargoTruck(object):
    """Fetches orders with a few loaders and hands out what came, in the order of the orders.

        truck = CargoTruck([url + '?start=1', url + '?start=21'], 2)
        truck.load(rally.session, 'get')
        answers = truck.dump()

    :param orders: what to fetch, for example page URLs.
    :param num_loaders: how many are fetched at once.
    """

    def __init__(self, orders, num_loaders):
        self.orders = list(orders)
        self.num_loaders = max(1, int(num_loaders))
        self.cargo = []

    def load(self, agent, method_name, timeout=None):
        """Call a method of an agent for every order.

            CargoTruck([url], 1).load(rally.session, 'get', timeout=30)

        :param agent: for example an HTTP session.
        :param method_name: the method's name, for example `get`.
        :param timeout: handed to the method as `timeout=` where one is given.
        :raises Exception: what the method raised, for the first order that failed.
        """
        method = getattr(agent, method_name)
        options = {} if timeout is None else {'timeout': timeout}
        self.cargo = list(each(lambda order: method(order, **options), self.orders,
                               self.num_loaders))

    def dump(self):
        """Return what was fetched, in the order of the orders.

            >>> CargoTruck([url], 1).dump()  # nothing was loaded yet
            []
        """
        return self.cargo
