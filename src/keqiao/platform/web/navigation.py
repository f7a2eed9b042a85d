"""The side navigation of each role: data, so that pages appear when their URL exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from keqiao.errors import say
from keqiao.platform.actor import Role


@dataclass(frozen=True)
class Item:
    """One entry: words, URL name, icon, and the beginnings of paths where it is the present one."""

    zh: str
    en: str
    url: str
    icon: str
    match: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading with its entries."""

    zh: str
    en: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Entry:
    """An entry as a page shows it."""

    label: str
    url: str
    icon: str
    current: bool


_CATALOGUE = Section(
    "规则", "Rules", (
        Item("政策自测", "Self-check", "catalogue:check", "calculator", ("/check",)),
        Item("规则库", "Rules", "catalogue:rules", "book", ("/rules", "/catalogue")),
    ),
)  # fmt: skip
_OWN = Section(
    "本人", "Mine", (
        Item("任务", "Jobs", "jobs:list", "clock", ("/jobs",)),
        Item("成员", "Members", "accounts:members", "people", ("/members",)),
        Item("接口凭证", "API tokens", "accounts:tokens", "key", ("/tokens",)),
        Item("账户", "Account", "accounts:account", "person", ("/account",)),
    ),
)  # fmt: skip
_ADMIN_OWN = Section("本人", "Mine", (Item("账户", "Account", "accounts:account", "person", ("/account",)),))

NAVIGATION: Mapping[Role, Sequence[Section]] = {
    Role.AUTHORITY: (
        Section("工作", "Work", (
            Item("工作台", "Desk", "assessments:desk", "home", ("/desk",)),
            Item("企业", "Enterprises", "assessments:enterprises", "enterprise", ("/enterprises",)),
            Item("评价", "Assessments", "assessments:runs", "gauge", ("/runs", "/assessments")),
            Item("异议", "Objections", "enterprises:objections", "message", ("/objections",)),
            Item("注册审核", "Registrations", "enterprises:registrations", "shield", ("/registrations",)),
        )),
        Section("数据", "Data", (
            Item("数据导入", "Import", "enterprises:imports", "upload", ("/imports",)),
            Item("补充资料", "Requests for facts", "enterprises:asking", "list", ("/requests",)),
        )),
        _CATALOGUE, _OWN,
    ),
    Role.ENTERPRISE: (
        Section("企业", "Enterprise", (
            Item("首页", "Home", "enterprises:home", "home", ("/own",)),
            Item("积分与资格", "Points and titles", "enterprises:points", "gauge", ("/own/points", "/own/why")),
            Item("申报数据", "Facts", "enterprises:declare", "edit", ("/own/facts",)),
            Item("异议", "Objections", "enterprises:object", "message", ("/own/objections",)),
            Item("补资料通知", "Requests", "enterprises:requests", "list", ("/own/requests",)),
            Item("谁看过我", "Who has looked", "enterprises:own_accesses", "eye", ("/own/accesses",)),
        )),
        _CATALOGUE, _OWN,
    ),
    Role.INSTITUTION: (_CATALOGUE, _OWN),
    Role.OWNER: (_CATALOGUE, _OWN),
    Role.EXPERT: (_CATALOGUE, _OWN),
    Role.ANALYST: (_CATALOGUE, _OWN),
    Role.SYSTEM: (
        Section("系统", "System", (
            Item("用户与机构", "Users and institutions", "accounts:users", "people", ("/system/users", "/system/offices", "/system/institutions")),
            Item("区域", "Places", "institutions:places", "target", ("/system/places",)),
            Item("运行", "State", "jobs:state", "server", ("/system/state",)),
        )),
        _ADMIN_OWN,
    ),
    Role.SECURITY: (
        Section("安全", "Security", (
            Item("角色与权限", "Roles", "accounts:roles", "shield", ("/security/roles",)),
            Item("锁定", "Lockouts", "accounts:locks", "lock", ("/security/locks",)),
            Item("密钥", "Keys", "accounts:keys", "key", ("/security/keys",)),
        )),
        _ADMIN_OWN,
    ),
    Role.AUDITOR: (
        Section("审计", "Audit", (
            Item("检索", "Search", "audit:events", "search", ("/audit/events",)),
            Item("校验", "Verify", "audit:verify", "shield", ("/audit/verify",)),
        )),
        _ADMIN_OWN,
    ),
    Role.VISITOR: (_CATALOGUE,),
}  # fmt: skip


def shown(role: Role, path: str) -> list[tuple[str, list[Entry]]]:
    """Headings with the entries whose pages exist; the entry with the longest fitting beginning is the present one."""
    found: list[tuple[str, list[tuple[Item, str]]]] = []
    for section in NAVIGATION[role]:
        entries = [(item, url) for item in section.items if (url := _url(item.url)) is not None]
        if entries:
            found.append((say(section.zh, section.en), entries))
    fits = [(len(start), item) for _, entries in found for item, url in entries for start in (item.match or (url,)) if _within(path, start)]
    present = max(fits, key=lambda fit: fit[0])[1] if fits else None
    return [(title, [Entry(say(item.zh, item.en), url, item.icon, item is present) for item, url in entries]) for title, entries in found]


def first(role: Role) -> str:
    """The address of the page that a role begins with; the home page for those who have no work here yet."""
    if role is Role.VISITOR:
        return "/"
    return next((url for section in NAVIGATION[role] for item in section.items if (url := _url(item.url)) is not None), "/")


def _url(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _within(path: str, start: str) -> bool:
    """Whether a path is this one or lies below it."""
    return path.rstrip("/") == start.rstrip("/") or path.startswith(start.rstrip("/") + "/")
