"""What a machine told of itself, held against what AWS's side says of the same thing."""

from policies.diagnosis.cross_check.comparing import cross_checked
from policies.diagnosis.cross_check.remark import CrossCheck, Stand

__all__ = ["CrossCheck", "Stand", "cross_checked"]
