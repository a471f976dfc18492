#!/usr/bin/env python
"""Show a type: its attributes, the required ones first, their values, and its ancestors.

usage: typedef.py [options] <entity>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run

MOST_VALUES = 20


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1:
        raise UsageError("the name of a type is expected, for example Defect")
    entity = args[0]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    type_definition = rally.typedef(entity)
    if type_definition is None:
        raise Failure("There is no type %s; mind the letter case." % entity)
    print("subscription: %s  workspace: %s" % (
        rally.subscriptionName(), rally.getWorkspace().Name))
    print("%s  (%s)" % (type_definition.DisplayName, type_definition.TypePath))
    for attribute in sorted(type_definition.Attributes,
                            key=lambda each: (not each.Required, each.ElementName)):
        print("    %-36s %-12s %-9s %s" % (
            attribute.ElementName, attribute.AttributeType,
            "required" if attribute.Required else "",
            "read only" if attribute.ReadOnly else ""))
        values = rally.getAllowedValues(entity, attribute.ElementName)
        if values != [True]:
            for value in values[:MOST_VALUES]:
                print("        |%s|" % value)
            if len(values) > MOST_VALUES:
                print("        and %d more" % (len(values) - MOST_VALUES))
    print(" > ".join(type_definition.inheritanceChain()))


if __name__ == '__main__':
    run(main, __doc__)
