"""What the actions of the audit log are called."""

from __future__ import annotations

from typing import Final

ACTIONS: Final = {
    "read": "查看农户",
    "look_up": "查看姓名等身份信息",
    "find": "由证件号查编号",
    "assess": "按提交的数据评估",
    "visit": "提交走访结果",
    "verdict": "记录核查结论",
    "ledger": "办理台账",
    "sign_in": "登录",
    "sign_out": "退出",
    "password": "修改密码",
    "users": "用户管理",
    "keys": "密钥管理",
    "models": "模型管理",
    "audit": "查询审计日志",
    "erase": "到期清除",
    "backup": "备份",
    "restore": "从备份恢复",
    "publish": "发布月份",
}
"""By the word in the log."""


def action_title(code: str) -> str:
    """The title of an action; the word itself for one that is not known here."""
    return ACTIONS.get(code, code)
