"""A client of the service, for case systems written in Python. It knows nothing of the server: see docs/client.md."""

from riskmodel.client.client import Client
from riskmodel.client.results import (
    Area,
    Assessment,
    Brief,
    Entry,
    Feature,
    Features,
    FreshAssessment,
    Group,
    Measure,
    Model,
    Ready,
    Told,
    WorkList,
)
from riskmodel.client.retrying import Patience
from riskmodel.client.service_error import FieldError, ServiceError

__all__ = [
    "Area",
    "Assessment",
    "Brief",
    "Client",
    "Entry",
    "Feature",
    "Features",
    "FieldError",
    "FreshAssessment",
    "Group",
    "Measure",
    "Model",
    "Patience",
    "Ready",
    "ServiceError",
    "Told",
    "WorkList",
]
