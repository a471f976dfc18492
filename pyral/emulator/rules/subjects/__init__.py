"""The rules of single types: attachments, definitions, users, workspaces and projects."""
