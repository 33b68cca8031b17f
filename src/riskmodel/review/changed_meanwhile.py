"""Somebody else saved first: what is stored and what was sent, both, so that nothing is lost."""

from __future__ import annotations

from riskmodel.errors import UsageError


class ChangedMeanwhile(UsageError):
    """What was going to be changed was changed by somebody else after it was read."""

    def __init__(self, stored: object, sent: object) -> None:
        super().__init__(
            "somebody else saved a change after this was opened; nothing was saved now. Compare both texts and save "
            "again. / 打开之后已有他人保存了修改，本次没有保存。请对照两份内容后重新保存。"
        )
        self.stored = stored
        """As it is now."""
        self.sent = sent
        """As it was sent."""
