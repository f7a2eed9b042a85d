"""The words of states and acts of this app, in the current language."""

from __future__ import annotations

from keqiao.errors import say
from keqiao.platform.accounts.models import Membership
from keqiao.platform.actor import Role
from keqiao.platform.web.context import role_name

_STATES = {
    "invited": ("已邀请", "invited"),
    "pending": ("待批准", "pending"),
    "active": ("有效", "active"),
    "refused": ("已拒绝", "refused"),
    "ended": ("已终止", "ended"),
}


def role_word(role: Role | str) -> str:
    """A role, in the words of the frame."""
    return role_name(role)


def state_word(state: str) -> str:
    """The state of a membership."""
    return say(*_STATES[state])


def membership_word(membership: Membership) -> str:
    """A membership in one line: where, and as what."""
    scope, role = membership.scope_name(), role_word(membership.role)
    return f"{scope} · {role}" if scope else role


_ACTS = {
    "public": ("公开页面", "public pages"),
    "account": ("自己的账户", "own account"),
    "switch": ("切换身份", "switch roles"),
    "enterprises:see": ("看企业", "see an enterprise"),
    "enterprises:list": ("列企业", "list enterprises"),
    "enterprises:export": ("导出企业", "export enterprises"),
    "import": ("导入数据", "import data"),
    "run": ("运行评价", "run assessments"),
    "run:see": ("看评价结果", "see assessments"),
    "facts:request": ("要求补充资料", "ask for facts"),
    "facts:declare": ("申报数据", "declare facts"),
    "evidence:see": ("看证据文件", "see evidence"),
    "objection:file": ("提出异议", "object"),
    "objection:decide": ("裁定异议", "decide objections"),
    "registration:decide": ("审核注册", "decide registrations"),
    "registration:own": ("自己的注册申请", "own registration"),
    "register": ("注册企业", "register an enterprise"),
    "members": ("成员", "members"),
    "jobs": ("任务", "jobs"),
    "tokens": ("接口凭证", "API tokens"),
    "system:users": ("管理用户与机构", "users and institutions"),
    "system:places": ("管理区域", "places"),
    "system:state": ("看运行状态", "state of the site"),
    "security:roles": ("看角色与权限", "roles and acts"),
    "security:locks": ("锁定与动态码", "lockouts and factors"),
    "security:keys": ("看密钥年龄", "age of the keys"),
    "audit:see": ("检索与校验审计", "search and verify the audit chain"),
    "audit:export": ("导出审计", "export the audit chain"),
}
_BROWSERS = (("MicroMessenger", "微信", "WeChat"), ("Edg/", "Edge", "Edge"), ("Firefox/", "Firefox", "Firefox"), ("Chrome/", "Chrome", "Chrome"), ("Safari/", "Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"), ("Linux", "Linux"))


def act_words(tag: str) -> str:
    """An act of the site; its tag where nobody has given it words."""
    return say(*_ACTS.get(tag, (tag, tag)))


def agent_words(agent: str) -> str:
    """The browser and system of a User-Agent header, roughly; its beginning where neither is known."""
    browser = next((say(zh, en) for mark, zh, en in _BROWSERS if mark in agent), "")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return " · ".join(part for part in (browser, system) if part) or agent[:40] or say("不明", "unknown")
