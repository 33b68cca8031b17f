"""A client of the service, for case systems written in Python. It knows nothing of the server: see docs/client.md."""

from riskmodel.client.batch import Household, Line
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
    Kept,
    Measure,
    Model,
    Names,
    Ready,
    Told,
    WorkList,
)
from riskmodel.client.retrying import Patience
from riskmodel.client.service_error import FieldError, ServiceError
from riskmodel.client.supposed import Supposed

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
    "Household",
    "Kept",
    "Line",
    "Measure",
    "Model",
    "Names",
    "Patience",
    "Ready",
    "ServiceError",
    "Supposed",
    "Told",
    "WorkList",
]
