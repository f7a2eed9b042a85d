"""Reports: what a reader outside the software gets, as Excel workbooks."""

from keqiao.reports.workbook import write_workbook

__all__ = ["write_workbook"]
