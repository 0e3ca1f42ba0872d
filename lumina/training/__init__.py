"""Training of the embedded model from nothing: scenes, the picture tokenizer, the transformer."""
