"""The rule language: text to typed form, and from it closures, SQL and plain language.

Knows nothing of finance: the words come from a vocabulary, the rules from packs.
"""
