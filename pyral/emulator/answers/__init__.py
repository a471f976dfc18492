"""What an answer shows: envelopes, fetch, projections, rendering, summaries."""
