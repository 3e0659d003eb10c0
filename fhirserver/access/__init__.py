"""Who is calling, for which organisation, in which role."""
