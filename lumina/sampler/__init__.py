"""Pure sampling: logits, noise, sequential and Jacobi decoding."""
