"""Resources as dictionaries: two wire formats, primitive values, dates, references, subsets. See README.md."""
