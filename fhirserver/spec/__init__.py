"""Facts of FHIR R4 4.0.1 as generated tables, loaded lazily. See README.md."""
