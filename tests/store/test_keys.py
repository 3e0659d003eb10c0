from hashlib import blake2b

from fhirserver.store.keys import res_key, value_key


def test_a_resource_key_is_the_hash_of_its_identity() -> None:
    digest = blake2b(b"Patient/1", digest_size=8).digest()
    assert res_key("Patient", "1") == int.from_bytes(digest, "big", signed=True)


def test_keys_are_stable_because_they_are_stored() -> None:
    assert res_key("Patient", "example") == 2985957129263545015
    assert value_key("Patient.identifier", "urn:oid:1.2", "3") == -2747359852463595370


def test_parts_of_a_value_are_kept_apart() -> None:
    assert value_key("ab", "c") != value_key("a", "bc") != value_key("abc")
