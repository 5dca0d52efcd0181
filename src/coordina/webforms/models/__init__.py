"""Forms with their fields and boxes, what leads got from them, and what has been sent."""

from coordina.webforms.models.forms import FormConsent, FormField, WebForm
from coordina.webforms.models.origins import ConsentGiven, LeadOrigin
from coordina.webforms.models.submissions import Submission, Tally

__all__ = ["ConsentGiven", "FormConsent", "FormField", "LeadOrigin", "Submission", "Tally", "WebForm"]
