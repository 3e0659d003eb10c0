from fhirserver.conformance.steady import Looks, steady


def test_outside_of_blocks_one_always_looks() -> None:
    looks = Looks()
    assert [looks.due() for _ in range(3)] == [True, True, True]


def test_in_a_block_one_looks_once() -> None:
    looks, other = Looks(), Looks()
    with steady():
        assert [looks.due(), looks.due(), other.due(), other.due()] == [True, False, True, False]
        with steady():
            assert not looks.due()
        assert not looks.due()
    assert looks.due()
    with steady():
        assert looks.due()
