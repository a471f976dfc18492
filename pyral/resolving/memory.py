"""What a connection remembers of resolved names: a cache of references, of hits only.

A name that was not found is asked for again, since the item may have been made in between. What a
word such as `current` stands for is kept for a quarter of an hour, because days begin on one. What
this connection writes is forgotten where it may change what a name stands for.
"""
from __future__ import absolute_import, division, print_function

import time

__all__ = ['Memory']

#: Attributes that may change which item a name stands for.
_TELLING = frozenset([
    'Name', 'UserName', 'EmailAddress', 'DisplayName', 'FirstName', 'LastName', 'Disabled', 'State',
    'Parent', 'Project', 'StartDate', 'EndDate', 'ReleaseStartDate', 'ReleaseDate'])

#: Where the offsets of all time zones are multiples of.
_WORDS_KEPT_S = 900


class Memory(object):
    """References by what was asked for.

    :param clock: returns seconds since the epoch.
    """

    def __init__(self, clock=time.time):
        self._clock = clock
        self._kept = {}

    def __repr__(self):
        return '<Memory of {0} names>'.format(len(self._kept))

    def get(self, key, passes=False):
        """Return the references kept under a key, or None.

        :param passes: True where the answer is another one on another day.
        """
        return self._kept.get(self._key(key, passes))

    def keep(self, key, found, passes=False):
        """Keep the references that were found for a key."""
        self._kept[self._key(key, passes)] = found

    def forget(self, type_path, oids=(), written=None):
        """Forget what a write may change.

        :param type_path: the type of what is written.
        :param oids: the ObjectIDs of items that are changed or deleted; of new ones there is none.
        :param written: the attributes that are changed; None where the items are deleted or new.
        :returns: whether names may change.
        """
        if written is not None and not _TELLING & set(written):
            return False
        for key, found in list(self._kept.items()):
            is_word = key[1] is not None and key[0][1] == type_path
            if is_word or any(ref.oid in oids for ref in found):
                self._kept.pop(key, None)
        return True

    def _key(self, key, passes):
        return key, int(self._clock() // _WORDS_KEPT_S) if passes else None
