"""The pages that a browser looks at, and how they are reached; `{household}` is the riskiest one."""

from __future__ import annotations

from typing import Final

PAGES: Final = {
    "sign-in": "/sign-in",
    "password": "/password",
    "overview": "/overview",
    "worklist": "/worklist",
    "worklist-filtered": "/worklist?status=waiting&order=village",
    "worklist-import": "/worklist/filled",
    "household": "/households/{household}",
    "facts": "/households/{household}/facts",
    "help": "/households/{household}/help",
    "verdict": "/households/{household}/verdict",
    "verdict-correction": "/households/{household}/verdict/1",
    "cases": "/households/{household}/ledger",
    "ledger": "/ledger",
    "entry": "/ledger/1",
    "letter": "/households/{household}/letter",
    "visit-sheet": "/households/{household}/visit-sheet",
    "not-there": "/households/H000000000000000000000000",
    "model": "/model",
    "calibration": "/model/calibration",
    "fairness": "/model/fairness",
    "administration": "/administration",
    "users": "/administration/users",
    "keys": "/administration/keys",
    "audit": "/administration/audit",
    "months": "/administration/months",
    "models": "/administration/models",
    "retention": "/administration/retention",
}
