"""The networks, the token layout, the text tokenizer and the checkpoint door."""
