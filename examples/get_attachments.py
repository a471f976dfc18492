#!/usr/bin/env python
"""Show the attachments of an item, names and contents.

usage: get_attachments.py [options] <entity> <ObjectID or FormattedID>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, by_id, one, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("the name of a type and an ObjectID or FormattedID are expected")
    entity, ident = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    item = one(rally.get(entity, fetch='Name,Attachments', query=by_id(ident), project=None),
               "%s %s" % (entity, ident))
    for attachment in rally.getAttachments(item):
        print("%s  (%s, %d bytes)" % (
            attachment.Name, attachment.ContentType, len(attachment.Content)))
        print(shown(attachment.Content))


def shown(content):
    """Return bytes as text, where they are text."""
    try:
        return content.decode('utf-8')
    except UnicodeDecodeError:
        return "    not text"


if __name__ == '__main__':
    run(main, __doc__)
