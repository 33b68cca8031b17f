"""What clean data looks like; who knew what, when; outcomes; the lake."""

from riskmodel.tables.catalogue import TABLES, table
from riskmodel.tables.checks import check_rows, warn_rows
from riskmodel.tables.lake import Batch, BatchRecord, Lake, View
from riskmodel.tables.table import Table

__all__ = ["TABLES", "Batch", "BatchRecord", "Lake", "Table", "View", "check_rows", "table", "warn_rows"]
