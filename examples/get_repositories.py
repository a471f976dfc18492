#!/usr/bin/env python
"""List the SCM repositories of a workspace.

usage: get_repositories.py [options] {workspace}
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) > 1:
        raise UsageError("one workspace at most is expected")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    if args:
        rally.setWorkspace(args[0])
    repositories = rally.get('SCMRepository', fetch='Name,SCMType,CreationDate', order='Name',
                             project=None, limit=1000)
    for repository in repositories:
        print("%s  %-32s  %-10s  %s" % (
            repository.oid, repository.Name, repository.SCMType, repository.CreationDate))


if __name__ == '__main__':
    run(main, __doc__)
