#!/usr/bin/env python
"""Update a defect: customer, target date and notes, or any one attribute.

usage: updefect.py [options] <FormattedID> <customer> <target_date> <notes text...>
       updefect.py [options] <FormattedID> <attribute> <value>

The target date is in ISO 8601, YYYY-MM-DDThh:mm:ssZ. Customer is a custom field, which your
workspace may not have; the second form sets what it does have.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) < 3:
        raise UsageError("a FormattedID and what to change are expected")
    defect_data = {'FormattedID': args[0]}
    if len(args) == 3:
        defect_data[args[1]] = args[2]
    else:
        defect_data['Customer'] = args[1]
        defect_data['TargetDate'] = args[2]
        defect_data['Notes'] = " ".join(args[3:])
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    defect = rally.update('Defect', defect_data, project=None)
    print("Defect %s updated" % defect.FormattedID)


if __name__ == '__main__':
    run(main, __doc__)
