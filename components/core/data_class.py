"""How sensitive data is: a tag of every resource."""

from typing import Literal

DataClass = Literal["internal", "confidential", "personal"]
"""Of what a resource holds or carries; ``personal`` is data about people."""
