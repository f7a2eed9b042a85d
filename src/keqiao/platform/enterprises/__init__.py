"""Enterprises and the record of their facts: imports, declarations, evidence, objections, requests."""
