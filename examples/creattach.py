#!/usr/bin/env python
"""Attach a file to a story, a defect or a test case.

usage: creattach.py [options] <FormattedID> <file>
   eg: creattach.py DE12 screen.png
"""
from __future__ import print_function

import mimetypes

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, item_by_id, run

TYPES = {'S': 'UserStory', 'US': 'UserStory', 'DE': 'Defect', 'TC': 'TestCase'}


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("a FormattedID and a file are expected")
    artifact_id, filename = args
    entity = TYPES.get(artifact_id.rstrip('0123456789').upper())
    if entity is None:
        raise UsageError("'%s' does not begin with one of S, US, DE, TC" % artifact_id)
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    rally.enableLogging('rally.hist.creattach')
    artifact = item_by_id(rally, entity, artifact_id, 'FormattedID,Name')
    mime_type = mimetypes.guess_type(filename)[0] or 'application/octet-stream'
    attachment = rally.addAttachment(artifact, filename, mime_type)
    if not attachment:
        raise Failure("%s was not attached." % filename)
    print("created Attachment: %s for %s" % (attachment.Name, artifact.FormattedID))


if __name__ == '__main__':
    run(main, __doc__)
