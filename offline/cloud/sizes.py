"""Storage that can grow and never shrink, and how AWS words that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Size:
    """What a resource can only get more of."""

    property: str
    code: str
    message: str  # with {has} and {wanted}


_FSX: Final = Size(
    "storageCapacity",
    "BadRequest",
    "Storage capacity can only be increased: {wanted} GiB is less than the current {has} GiB",
)
SIZES: Final[dict[str, Size]] = {
    "aws:ebs/volume:Volume": Size(
        "size",
        "InvalidParameterValue",
        "New size cannot be smaller than existing size ({wanted} GiB, and it has {has} GiB)",
    ),
    "aws:fsx/lustreFileSystem:LustreFileSystem": _FSX,
    "aws:fsx/ontapFileSystem:OntapFileSystem": _FSX,
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem": _FSX,
    "aws:fsx/windowsFileSystem:WindowsFileSystem": _FSX,
    "aws:rds/instance:Instance": Size(
        "allocatedStorage",
        "InvalidParameterCombination",
        "Requested storage of {wanted} GiB is less than the current {has} GiB, storage can't be reduced",
    ),
}
