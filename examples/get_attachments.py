#!/usr/bin/env python
"""Show the attachments of an item, names and contents.

usage: get_attachments.py [options] <entity> <ObjectID or FormattedID>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("the name of a type and an ObjectID or FormattedID are expected")
    entity, ident = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    item = item_by_id(rally, entity, ident, 'FormattedID,Name,Attachments')
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
