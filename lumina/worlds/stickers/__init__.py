"""Stickers: one to four drawings of real things on plain grounds."""
