#!/usr/bin/env python
"""Show the allowed values of the attributes of a type.

usage: allowedValues.py [options] <entity> [<attribute> ...]
   eg: allowedValues.py Defect State Severity

Without attributes those that have a list of values are shown.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if not args:
        raise UsageError("the name of a type is expected, for example Defect")
    entity, attributes = args[0], args[1:]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    print("%s  %s  %s" % (server, rally.getWorkspace().Name, rally.getProject().Name))
    type_definition = rally.typedef(entity)
    if type_definition is None:
        raise Failure("There is no type %s." % entity)
    for attribute in sorted(type_definition.Attributes, key=lambda each: each.ElementName):
        name = attribute.ElementName
        if attributes and name not in attributes and name.replace('c_', '', 1) not in attributes:
            continue
        values = rally.getAllowedValues(entity, name)
        if not attributes and values in ([], [True], None):
            continue
        print("%s  %s" % (name, attribute.AttributeType))
        for value in values or []:
            print("    %s" % ("any that fits" if value is True else "|%s|" % value))
    unknown = [name for name in attributes if type_definition.attribute(name) is None]
    if unknown:
        raise Failure("%s has no attribute %s." % (entity, ", ".join(unknown)))


if __name__ == '__main__':
    run(main, __doc__)
