"""Placeholder until written."""
from .empty import document
