#!/usr/bin/env python
"""Rename a tag.

usage: updtag.py [options] <old name> <new name>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, one, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("the old and the new name are expected")
    old_name, new_name = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    for tag in rally.get('Tag', fetch='Name', order='Name', project=None):
        print("    %s" % tag.Name)
    tag = one(rally.get('Tag', fetch='Name', query={'Name': old_name}, project=None),
              "tag '%s'" % old_name)
    tag = rally.update('Tag', tag, {'Name': new_name})
    print("Tag updated: %s" % tag.Name)


if __name__ == '__main__':
    run(main, __doc__)
