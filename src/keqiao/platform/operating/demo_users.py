"""The users of the demonstration. No Django here: the command prints them before the site is set up."""

from __future__ import annotations

from dataclasses import dataclass

from keqiao.platform.actor import Role

#: One password for all; a site in production mode refuses these users.
PASSWORD = "Keqiao-Demo-2026"
#: The file of a site's folder that says that the demonstration was loaded to its end.
DONE = "demo.json"


@dataclass(frozen=True)
class Login:
    """A user: login name, name, role, the body by its key in the demonstration, and what he is to readers."""

    username: str
    name: str
    role: Role
    body: str
    zh: str
    en: str
    manager: bool = False


USERS: tuple[Login, ...] = (
    Login("city", "周市", Role.AUTHORITY, "city", "示例市科学技术局", "the city's office", True),
    Login("zone", "高新", Role.AUTHORITY, "zone", "示例高新区", "the zone's office", True),
    Login("yihe", "何乙", Role.AUTHORITY, "yihe", "乙河区", "a district's office", True),
    Login("jiashan", "山甲", Role.AUTHORITY, "jiashan", "甲山区", "another district's office", True),
    Login("enterprise", "钱企", Role.ENTERPRISE, "enterprise", "高新区一家企业的管理成员", "an enterprise's manager", True),
    Login("member", "孙员", Role.ENTERPRISE, "enterprise", "同一家企业的成员", "a member of it"),
    Login("bank", "殷行", Role.INSTITUTION, "bank", "示例科技银行", "a bank", True),
    Login("owner", "项承", Role.OWNER, "", "项目单位", "a project owner"),
    Login("expert", "庄佳", Role.EXPERT, "", "专家", "an expert"),
    Login("analyst", "席研", Role.ANALYST, "", "分析", "an analyst"),
    Login("system", "习统", Role.SYSTEM, "", "系统管理员", "the system administrator"),
    Login("security", "安全", Role.SECURITY, "", "安全管理员", "the security administrator"),
    Login("auditor", "沈计", Role.AUDITOR, "", "审计管理员", "the audit administrator"),
)
