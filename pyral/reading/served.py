"""Deduplicate: which items a stream has served already, exact, small where they are in order.

A read of a million items must not keep a million names. Items mostly come in order of their
ObjectID; such a run is kept as bare numbers of eight bytes each and compared a page at a time. What
stands out of order is kept as bare numbers, too, and looked up one by one. It never asks the
network and never decides what a repetition means.
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
#: Numbers out of order are spread over so many lists, so that each stays short; a prime, since
#: ObjectIDs may have steps.
_LISTS = 1021


class _Numbers(object):
    """A set of whole numbers in about nine bytes each; a set of Python takes sixty."""

    def __init__(self):
        self._sorted = {}

    def add(self, number):
        """Add a number, and say whether it is new."""
        which = number % _LISTS
        if which not in self._sorted:
            self._sorted[which] = array('d')
        found = self._sorted[which]
        place = bisect_left(found, number)
        is_new = place == len(found) or found[place] != number
        if is_new:
            found.insert(place, number)
        return is_new


class ServedItems(object):
    """The items that were served, by their references."""

    def __init__(self):
        # 2.7: arrays of eight-byte integers do not exist there; 'q' replaces 'd'.
        self._run = array('d')
        #: 1 where the numbers of the run rise, -1 where they fall and are kept negated.
        self._sign = 0
        self._others, self._has_others = _Numbers(), False
        #: References that hold no number.
        self._names = set()

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
        keys = [] if self._has_others else _numbers_in(items)
        if len(keys) < 2:
            return False
        sign = self._sign or (1 if keys[-1] > keys[0] else -1)
        if sign < 0:
            keys = [-key for key in keys]
        last = self._run[-1] if self._run else -_MOST_EXACT
        # 2.7: `map` goes on to the end of the longer one.
        continues = last < keys[0] and keys[-1] < _MOST_EXACT and all(map(lt, keys[:-1], keys[1:]))
        if continues:
            self._sign = sign
            self._run.extend(keys)
        return continues

    def _is_new(self, key):
        if not isinstance(key, float):
            is_new = key not in self._names
            self._names.add(key)
            return is_new
        run, signed = self._run, key * self._sign
        if run and signed > run[-1] and not self._has_others:
            run.append(signed)
            return True
        if run and signed <= run[-1] and run[bisect_left(run, signed)] == signed:
            return False
        self._has_others = True
        return self._others.add(key)


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
