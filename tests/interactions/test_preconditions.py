"""Entity tags and HTTP dates."""

import pytest

from fhirserver.interactions.preconditions import Precondition, etag, last_modified, not_modified, precondition
from fhirserver.outcome import FhirError
from fhirserver.store.rows import Version

#: 2025-03-10T00:00:00.123Z
TIME = 1741564800123000
THERE = Version("Patient", "1", 3, TIME, "PUT", b"{}")
DELETED = Version("Patient", "1", 4, TIME, "DELETE", None)


def test_etag_and_date_of_a_version() -> None:
    assert etag(3) == 'W/"3"'
    assert last_modified(THERE) == "Mon, 10 Mar 2025 00:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "current", "status"),
    [
        ({}, None, None),
        ({}, THERE, None),
        ({"if-match": 'W/"3"'}, THERE, None),
        ({"if-match": '"3"'}, THERE, None),
        ({"if-match": 'W/"1", W/"3"'}, THERE, None),
        ({"if-match": "*"}, THERE, None),
        ({"if-match": 'W/"2"'}, THERE, 412),
        ({"if-match": 'W/"03"'}, THERE, 412),
        ({"if-match": 'W/"3"'}, None, 412),
        ({"if-match": "*"}, None, 412),
        ({"if-match": "*"}, DELETED, 412),
        ({"if-match": 'W/"4"'}, DELETED, None),
        ({"if-match": 'W/"3"'}, DELETED, 412),
        ({"if-none-match": "*"}, None, None),
        ({"if-none-match": "*"}, DELETED, None),
        ({"if-none-match": "*"}, THERE, 412),
        ({"if-none-match": 'W/"3"'}, THERE, 412),
        ({"if-none-match": 'W/"2"'}, THERE, None),
        ({"if-match": 'W/"3"', "if-none-match": 'W/"3"'}, THERE, 412),
        ({"if-match": "3"}, THERE, 400),
        ({"if-match": ""}, THERE, 400),
        ({"if-match": 'W/"3'}, THERE, 400),
        ({"if-match": 'W/"3" W/"4"'}, THERE, 400),
        ({"if-match": 'w/"3"'}, THERE, 400),
        ({"if-none-match": "x"}, THERE, 400),
    ],
)
def test_preconditions_of_writes(headers: dict[str, str], current: Version | None, status: int | None) -> None:
    try:
        precondition(headers).check("Patient", "1", current)
    except FhirError as error:
        assert error.status == status
    else:
        assert status is None


def test_a_conflict_says_what_is_there() -> None:
    with pytest.raises(FhirError) as caught:
        precondition({"if-match": 'W/"1"'}).check("Patient", "1", THERE)
    assert caught.value.headers == {"ETag": 'W/"3"'}
    assert "Patient/1" in caught.value.issues[0].text("en")


def test_no_headers_is_no_precondition() -> None:
    assert precondition({"accept": "x"}) == Precondition()


@pytest.mark.parametrize(
    ("headers", "unchanged"),
    [
        ({}, False),
        ({"if-none-match": 'W/"3"'}, True),
        ({"if-none-match": '"3"'}, True),
        ({"if-none-match": 'W/"1", W/"3"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": 'W/"2"'}, False),
        ({"if-modified-since": "Mon, 10 Mar 2025 00:00:00 GMT"}, True),
        ({"if-modified-since": "Mon, 10 Mar 2025 00:00:01 GMT"}, True),
        ({"if-modified-since": "Sun, 09 Mar 2025 23:59:59 GMT"}, False),
        ({"if-modified-since": "Monday, 10-Mar-25 00:00:00 GMT"}, True),
        ({"if-modified-since": "Mon Mar 10 00:00:00 2025"}, True),
        ({"if-modified-since": "Sun Mar  9 00:00:00 2025"}, False),
        ({"if-modified-since": "2025-03-10T00:00:00Z"}, False),
        ({"if-modified-since": "yesterday"}, False),
        ({"if-modified-since": ""}, False),
        ({"if-modified-since": "Mon, 10 Mar 99999 00:00:00 GMT"}, False),
        # RFC 9110 section 13.1.3: ignored beside If-None-Match
        ({"if-none-match": 'W/"2"', "if-modified-since": "Mon, 10 Mar 2025 00:00:00 GMT"}, False),
    ],
)
def test_conditional_reads(headers: dict[str, str], unchanged: bool) -> None:
    assert not_modified(headers, THERE) is unchanged
