"""What the columns of a file stand for: by their headings, their values, and the whole export."""
