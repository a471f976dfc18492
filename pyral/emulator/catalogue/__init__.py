"""The object model as one workspace sees it: system types, custom fields, portfolio levels."""
