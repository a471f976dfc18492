"""Deduplicate: which items a stream has served already, exact, small where they are in order.

A read of a million items must not keep a million names. Items mostly come in order of their
ObjectID; such a run is kept as bare numbers of eight bytes each, and only what stands out of
order costs more. It never asks the network and never decides what a repetition means.
"""
from __future__ import absolute_import, division, print_function

from array import array
from bisect import bisect_left
from operator import lt

from pyral.refs import last_steps

#: What stands for a reference where there is none; such rows cannot be compared.
NO_REFS = frozenset([None, 'null'])
#: Up to here a float of eight bytes holds a whole number exactly.
_MOST_EXACT = 2 ** 53


class ServedItems(object):
    """The items that were served, by their references."""

    def __init__(self):
        # 2.7: arrays of eight-byte integers do not exist there; 'q' replaces 'd'.
        self._run = array('d')
        self._sign = 0
        self._others = set()

    def fresh(self, items):
        """Return the items that were not seen before, in order, and remember them.

        :param items: raw items; those without a reference count as new.
        """
        if self._continue_run(items):
            return items
        return [item for item in items
                if item.get('_ref') in NO_REFS or self._is_new(_key(item['_ref']))]

    def _continue_run(self, items):
        """Take a page whole whose items all come after the run, as most pages do."""
        keys = _numbers_in(items)
        if self._others or len(keys) < 2 or self._run and not self._sign:
            return False
        sign = self._sign or (1 if keys[-1] > keys[0] else -1)
        if sign < 0:
            keys = [-key for key in keys]
        last = self._run[-1] if self._run else -_MOST_EXACT
        continues = last < keys[0] and keys[-1] < _MOST_EXACT and all(map(lt, keys, keys[1:]))
        if continues:
            self._sign = sign
            self._run.extend(keys)
        return continues

    def _is_new(self, key):
        if key in self._others:
            return False
        run, sign = self._run, self._sign
        if isinstance(key, float):
            if not run:
                run.append(key)
                return True
            if not sign and key != run[0]:
                # The second item decides whether the numbers rise or fall.
                sign = self._sign = 1 if key > run[0] else -1
                run[0] *= sign
            key *= sign or 1
            if key > run[-1]:
                run.append(key)
                return True
            place = bisect_left(run, key)
            if run[place] == key:
                return False
            key *= sign
            if key in self._others:
                return False
        self._others.add(key)
        return True


def _numbers_in(items):
    """Return the ObjectIDs in the references of items; an empty list where one has no number."""
    try:
        return [int(last_steps(item['_ref'])[-1]) for item in items]
    except (KeyError, ValueError, AttributeError, TypeError):
        return []


def _key(ref):
    """Return the ObjectID in a reference as a float, or the reference where it has none."""
    try:
        number = int(last_steps(ref)[-1])
    except ValueError:
        return ref
    return float(number) if -_MOST_EXACT < number < _MOST_EXACT else ref


__all__ = ['NO_REFS', 'ServedItems']
