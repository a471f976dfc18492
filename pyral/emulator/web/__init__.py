"""Bytes and sockets: the HTTP server, routes, faults, the request log and the control API."""
