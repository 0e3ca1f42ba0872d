"""What serving people takes: the way to the model, and later the duties of a public demo."""
