"""Lumina Studio: one autoregressive image model, every task, from one declaration."""

__version__ = "0.1.0"
