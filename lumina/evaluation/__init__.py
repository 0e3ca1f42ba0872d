"""Measures how well and how fast a model draws, and how far the measurement can be trusted."""
