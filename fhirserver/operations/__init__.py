"""Operations (operations.html): one file per $operation. See README.md."""
