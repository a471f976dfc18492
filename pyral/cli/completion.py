"""Completion of types and fields from the schema that is kept; no request, and no error.

argcomplete asks while a line is being typed, so whatever goes wrong means no proposal.
"""
from __future__ import absolute_import, division, print_function

import importlib
import os

from pyral import config
from pyral._compat import ensure_native
from pyral.cli.definitions import can_be_listed
from pyral.http.base_url import BaseUrl
from pyral.schema.cache import SchemaCache, folder_for
from pyral.schema.definitions import Catalogue
from pyral.schema.standard_types import ALIASES

__all__ = ['complete', 'fields', 'fields_of_users', 'profiles', 'propose', 'types']


def complete(parser):
    """Answer the shell if it asks for proposals, and end; else do nothing."""
    if '_ARGCOMPLETE' not in os.environ:
        return
    try:
        library = importlib.import_module('argcomplete')
    except ImportError:
        return
    library.autocomplete(parser)


def propose(action, function):
    """Let argcomplete take the values of an argument from a function."""
    vars(action)['completer'] = function


def types(prefix, parsed_args, **_):
    """Return the names of types that begin so."""
    catalogue = _kept(parsed_args)
    if catalogue is None:
        return []
    names = [each.TypePath for each in catalogue if can_be_listed(each)]
    return _beginning(prefix, names + [name for name in ALIASES if ' ' not in name])


def fields(prefix, parsed_args, **_):
    """Return the names of fields of the type on the line; after commas and dots too."""
    catalogue = _kept(parsed_args)
    type_def = catalogue.find(getattr(parsed_args, 'type', None)) if catalogue is not None else None
    before, comma, last = prefix.rpartition(',')
    steps = last.split('.')
    for step in steps[:-1]:
        attribute = type_def.attribute(step) if type_def is not None else None
        target = attribute.target if attribute is not None else None
        type_def = catalogue.find(target.replace(' ', '')) if target else None
    if type_def is None:
        return []
    lead = before + comma + ''.join(step + '.' for step in steps[:-1])
    return [lead + name for name in
            _beginning(steps[-1], [each.ElementName for each in type_def.Attributes])]


def fields_of_users(prefix, parsed_args, **_):
    """Return the names of fields of users."""
    parsed_args.type = 'User'
    return fields(prefix, parsed_args)


def profiles(prefix, **_):
    """Return the names of profiles that begin so."""
    try:
        return [name for name in config.profile_names() if name.startswith(prefix)]
    except Exception:  # the shell waits: nothing is proposed
        return []


def _kept(options):
    """Return the catalogue of the workspace that was read last from the server of the options."""
    try:
        server = getattr(options, 'setting_server', None) or [
            each.shown for each in config.reported_settings(
                profile=getattr(options, 'profile', None)) if each.name == 'server'][0]
        cache = SchemaCache(folder_for(None, os.environ), BaseUrl.parse(server).url)
        for place in cache.workspaces():
            found = cache.latest(place)
            if found is not None:
                return Catalogue(found.types)
    except Exception:  # the shell waits: nothing is proposed
        return None
    return None


def _beginning(prefix, names):
    found = set(ensure_native(name) for name in names)
    return sorted(name for name in found if name.lower().startswith(prefix.lower()))
