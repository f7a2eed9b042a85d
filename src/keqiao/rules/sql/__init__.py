"""Whole tables: the typed form lowered to whole-number expressions and written as SQL of each dialect."""
