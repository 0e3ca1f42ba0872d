"""Free wording of a prompt becomes a sentence of a world: what readers of all worlds have in common."""
