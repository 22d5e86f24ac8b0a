"""Which code page a text file has, judged by the words that it would make of the bytes."""
