"""Numbers, dates and times of a workbook as the texts that its cells show."""
