from fhirserver.spec import structures
from fhirserver.store.type_numbers import TYPE_NAME, TYPE_NUMBER


def test_every_resource_type_has_a_number() -> None:
    assert set(TYPE_NUMBER) == set(structures.RESOURCE_TYPES)


def test_numbers_do_not_move_because_they_are_stored() -> None:
    assert (TYPE_NUMBER["Account"], TYPE_NUMBER["Observation"], TYPE_NUMBER["VisionPrescription"]) == (1, 96, 146)
    assert all(TYPE_NAME[number] == name for name, number in TYPE_NUMBER.items())
