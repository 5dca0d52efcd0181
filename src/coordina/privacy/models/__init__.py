"""What privacy keeps: requests, holds, erasures, rules of retention."""

from coordina.privacy.models.asking import PrivacyRequest
from coordina.privacy.models.erasing import Erasure, Hold
from coordina.privacy.models.retention import RetentionRule

__all__ = ["Erasure", "Hold", "PrivacyRequest", "RetentionRule"]
