"""Schema migrations; see `fhirserver.store.migrate`."""
