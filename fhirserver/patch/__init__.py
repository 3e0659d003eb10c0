"""Patch documents in, the changed resource out: JSON Patch and FHIRPath Patch (http.html#patch). No IO."""
