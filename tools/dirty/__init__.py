"""Writes examples/city/dirty: one small workbook per kind of fault, beside a clean twin."""
