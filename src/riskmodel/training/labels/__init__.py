"""What the model learns to foresee: one declaration per label, each beside the rule that decides it."""

from riskmodel.training.labels.catalogue import LABELS, label_named, outcomes
from riskmodel.training.labels.label import Label, Question
from riskmodel.training.labels.monthly_income import below_line, interview_day

__all__ = ["LABELS", "Label", "Question", "below_line", "interview_day", "label_named", "outcomes"]
