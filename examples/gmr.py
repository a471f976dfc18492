#!/usr/bin/env python
"""Report to a server of yours that somebody used a script, without saying who it was.

What is posted is JSON: a hash of the user name, and the workspace. The same user always gives the
same hash, so users can be counted. The Rally credentials stay here.

usage: gmr.py [options] <address>
   eg: gmr.py https://stats.example.com/used
"""
from __future__ import print_function

import hashlib

import requests

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1 or not args[0].startswith('http'):
        raise UsageError("the address to post to is expected")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    connected = rally.getUserInfo(oid=rally.contextHelper.user_oid)
    report = {'user': hashlib.sha256(connected.UserName.lower().encode('utf-8')).hexdigest(),
              'workspace': rally.getWorkspace().Name}
    try:
        response = requests.post(args[0], json=report, timeout=30)
    except requests.RequestException as error:
        raise Failure("%s cannot be reached: %s" % (args[0], error))
    print("%d %s" % (response.status_code, response.reason))


if __name__ == '__main__':
    run(main, __doc__)
