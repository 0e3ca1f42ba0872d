"""The tabletop world: scenes with exact truth, the words for them, and the judge of pictures."""
