"""Every table of version 0.1.0"""

from alembic import op

from fhirserver.store.tables import METADATA

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    METADATA.create_all(op.get_bind())
