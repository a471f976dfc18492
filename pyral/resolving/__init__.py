"""Name resolution: FormattedIDs, names, logins, paths and words such as `current` to references."""
from __future__ import absolute_import, division, print_function
