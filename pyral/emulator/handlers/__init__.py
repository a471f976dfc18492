"""What each route does, one module for each family of routes.

A handler takes a `Call` and returns a `Result` or a `Document`. It never catches a `ServiceError`
and never makes JSON; `web` does both, in one place.
"""
