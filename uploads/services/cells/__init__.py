"""What is wrong with a cell before it is asked what it says."""
