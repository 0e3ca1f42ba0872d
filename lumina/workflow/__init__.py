"""Workflow documents: what the canvas edits, a PNG carries, a link contains and the command line runs."""
