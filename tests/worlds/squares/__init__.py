"""A world of two squares in two colours, all in this folder, to see that nothing else has to know a world."""
