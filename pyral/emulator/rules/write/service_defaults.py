"""Service defaults: scalars that are always filled in objects which the service makes by itself.

Plain tables: a new workspace's configuration, a new user's profile, the subscription.
"""

from __future__ import annotations

from typing import Any, Mapping

__all__ = ['SERVICE_DEFAULTS']

#: Scalars of the one-of-a-kind objects that the service always has filled.
SERVICE_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    'Subscription': {
        'Name': 'Acme',
        'SubscriptionID': 100,
        'SubscriptionType': 'Unlimited',
        'SubscriptionState': 'Active',
        'StoryHierarchyType': 'Unlimited',
        'StoryHierarchyEnabled': True,
        'ProjectHierarchyEnabled': True,
        'ApiKeysEnabled': True,
        'CORSEnabled': True,
        'JSONPEnabled': True,
        'EmailEnabled': True,
        'AuthenticationPolicy': 'Rally Only',
        'SessionTimeoutSeconds': 14400,
        'MaximumCustomUserFields': 50,
        'MaximumCustomViews': 100,
        'MaximumPrivateTabs': 10,
        'MaximumProjects': -1,
        'MaximumSharedTabs': 10,
        'MaximumWorkspaces': -1,
        'Maximumloginattempts': 10,
        'NumberofPasswordRules': 3,
        'PasswordMinimumLength': 8,
        'PaidSeats': 50,
        'UnpaidSeats': 0,
        'UserLockoutTime': 15,
        'SiteId': '1',
        'RestrictedIPAddresses': '',
        'AttachmentFilenameExtensionWhitelist': '',
        'Modules': 'Rally Portfolio Manager,Rally Quality Manager,Rally Time Tracker',
    },
    'WorkspaceConfiguration': {
        'TimeZone': 'Etc/UTC',
        'DateFormat': 'yyyy-MM-dd',
        'DateTimeFormat': 'yyyy-MM-dd hh:mm a z',
        'DefaultProjectAccess': 'No Access',
        'WorkDays': 'Monday,Tuesday,Wednesday,Thursday,Friday',
        'TaskUnitName': 'Hours',
        'IterationEstimateUnitName': 'Points',
        'ReleaseEstimateUnitName': 'Points',
        'IterationLabelSingular': 'Iteration',
        'IterationLabelPlural': 'Iterations',
        'ReleaseLabelSingular': 'Release',
        'ReleaseLabelPlural': 'Releases',
        'ProjectLabelSingular': 'Project',
        'ProjectLabelPlural': 'Projects',
        'DragDropRankingEnabled': True,
        'TimeTrackerEnabled': True,
        'BuildandChangesetEnabled': True,
        'PurgeRecycleBinAfterNumberOfDays': 60,
    },
    'UserProfile': {
        'DateFormat': 'yyyy-MM-dd',
        'DateTimeFormat': 'yyyy-MM-dd hh:mm a z',
        'EmailNotificationEnabled': True,
        'SessionTimeoutSeconds': 3600,
        'SessionTimeoutWarning': True,
        'WelcomePageHidden': True,
        'TimeZone': 'Etc/UTC',
    },
    'State': {'Enabled': True},
    'ScheduleState': {'Enabled': True, 'Editable': True},
    'PreliminaryEstimate': {'Enabled': True},
}
