#!/usr/bin/env python
"""Create an SCM repository.

usage: create_repository.py [options] {workspace} <name> <type>
   eg: create_repository.py "Product Engineering" web-shop git

The type is one of cvs, svn, git, github, gitlab, bitbucket.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run

TYPES = ('cvs', 'svn', 'git', 'github', 'gitlab', 'bitbucket')


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) not in (2, 3):
        raise UsageError("a name and a type are expected, a workspace may stand before them")
    name, scm_type = args[-2:]
    if scm_type not in TYPES:
        raise UsageError("'%s' is not one of the types %s" % (scm_type, ", ".join(TYPES)))
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    if len(args) == 3:
        rally.setWorkspace(args[0])
    repository = rally.create('SCMRepository', {
        'Name': name,
        'SCMType': scm_type,
        'Projects': [rally.getProject()],
    })
    print("%s  %s  %s  %s" % (
        repository.oid, repository.Name, repository.SCMType, repository.CreationDate))


if __name__ == '__main__':
    run(main, __doc__)
