"""From a request to codes (engine) and from an instruction to a picture (pipeline)."""
