"""The worlds that embedded models draw, each with its exact truth."""
