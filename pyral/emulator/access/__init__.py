"""Who is asking, and what that user may see: authentication, scope and rights."""
