"""Search (search.html): what is indexed of a resource, and how a query becomes one SQL statement."""
