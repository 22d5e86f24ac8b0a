"""Where in what was read the table is: which sheet, which headings, which rows are users."""
