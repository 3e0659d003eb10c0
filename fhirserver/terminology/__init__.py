"""Code systems, value sets and concept maps: what a code means, and which codes a set holds. See README.md."""
