"""Classification of text that is given for a reference: a reference, digits, a FormattedID, a name.

The order is fixed, so that a text means the same wherever it is given. Pure text work: whether an
item of that name exists is not known here.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral import refs
from pyral._compat import ensure_text

__all__ = ['ADDRESS', 'FORMATTED_ID', 'NAME', 'NOTHING', 'NUMBER', 'REFERENCE', 'TextMeaning',
           'WORD', 'meaning_of', 'prefix_of']

#: No value: nothing, blanks, `null`.
NOTHING = 'nothing'
#: A reference in any form, an address copied from the browser included.
REFERENCE = 'reference'
#: An ObjectID.
NUMBER = 'number'
#: A URL that leads to no item.
ADDRESS = 'address'
FORMATTED_ID = 'FormattedID'
#: A word that stands for an item by what it is just now, such as `current`.
WORD = 'word'
NAME = 'name'

_DIGITS = re.compile(u'^-?[0-9]+$')
_FORMATTED_ID = re.compile(u'^([A-Za-z]{1,10})[0-9]+$')
_URL = re.compile(u'^[A-Za-z][A-Za-z0-9+.-]*://')

#: What a text means, and the text without blanks around it; a word is in lower case.
TextMeaning = namedtuple('TextMeaning', 'kind text')


def meaning_of(text, prefixes=(), words=()):
    """Return the `TextMeaning` of a text that is given for a reference.

        >>> meaning_of('US134', prefixes=['US']).kind
        'FormattedID'

    :param prefixes: the prefixes of FormattedIDs, in upper case, as far as the items that are
        meant have any.
    :param words: the words that stand for such an item, in lower case.
    """
    text = ensure_text(text, errors='replace').strip()
    if not text or text.lower() == u'null':
        return TextMeaning(NOTHING, text)
    if refs.parse(text) is not None:
        return TextMeaning(REFERENCE, text)
    if _DIGITS.match(text):
        return TextMeaning(NUMBER, text)
    if _URL.match(text):
        return TextMeaning(ADDRESS, text)
    prefix = prefix_of(text)
    if prefix is not None and prefix in prefixes:
        return TextMeaning(FORMATTED_ID, text)
    if text.lower() in words:
        return TextMeaning(WORD, text.lower())
    return TextMeaning(NAME, text)


def prefix_of(text):
    """Return the letters of a FormattedID in upper case, None where a text has not its form."""
    found = _FORMATTED_ID.match(text)
    return found.group(1).upper() if found is not None else None
