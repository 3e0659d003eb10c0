"""The REST interactions of http.html, one file each, the one route table and the one door for writes."""
