"""Reports: what a reader outside the software gets, as Excel workbooks, one HTML file, or Parquet."""

from keqiao.reports.allreasons import write_reasons
from keqiao.reports.page import write_html
from keqiao.reports.ranking import write_ranking
from keqiao.reports.workbook import write_workbook
from keqiao.reports.written import write_answer

__all__ = ["write_answer", "write_html", "write_ranking", "write_reasons", "write_workbook"]
