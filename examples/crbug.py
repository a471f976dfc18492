#!/usr/bin/env python
"""Create a defect with values in a custom field that takes several.

usage: crbug.py [options] <name> <field> <value> [<value> ...]
   eg: crbug.py "Page is blank" Platforms Linux Windows
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) < 3:
        raise UsageError("a name, a field and at least one value are expected")
    name, field, wanted = args[0], args[1], args[2:]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    attribute = rally.typedef('Defect').attribute(field)
    if attribute is None or attribute.AttributeType != 'COLLECTION' or not attribute.Custom:
        raise Failure("'%s' is no custom field of defects that takes several values." % field)
    values = dict((value.StringValue, value) for value in attribute.AllowedValues)
    unknown = [each for each in wanted if each not in values]
    if unknown:
        raise Failure("%s has no value %s; there are %s." % (
            field, ", ".join(unknown), ", ".join(sorted(values))))
    defect = rally.create('Defect', {
        'Name': name,
        attribute.ElementName: [values[each] for each in wanted],
    })
    print("Defect created, ObjectID: %s  FormattedID: %s" % (defect.oid, defect.FormattedID))
    print("%s: %s" % (attribute.Name, ", ".join(
        sorted(value.StringValue for value in getattr(defect, attribute.ElementName)))))


if __name__ == '__main__':
    run(main, __doc__)
