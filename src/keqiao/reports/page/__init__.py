"""The report of a run as one HTML file."""

from keqiao.reports.page.write import write_html

__all__ = ["write_html"]
