"""Words for the tags of events: ``subject:object:verb``, each part in both languages; unknown parts stay as they are."""

from __future__ import annotations

import json

from keqiao.errors import say

_PARTS: dict[str, tuple[str, str]] = {
    "account": ("账户", "account"), "accounts": ("账户", "accounts"), "admin": ("管理员", "administrator"), "user": ("用户", "user"),
    "password": ("密码", "password"), "login": ("登录", "login"), "session": ("会话", "session"), "factor": ("动态码", "second factor"),
    "proof": ("再次验证", "proof"), "membership": ("身份", "membership"), "member": ("成员", "member"), "invitation": ("邀请", "invitation"),
    "token": ("接口凭证", "token"), "role": ("角色", "role"), "lock": ("锁定", "lock"), "institution": ("机构", "institution"),
    "institutions": ("机构与片区", "institutions"), "office": ("部门", "office"), "place": ("片区", "place"), "enterprises": ("企业", "enterprises"),
    "enterprise": ("企业", "enterprise"), "batch": ("数据批次", "batch"), "intake": ("导入", "import"), "fact": ("数据", "fact"),
    "declaration": ("申报", "declaration"), "objection": ("异议", "objection"), "request": ("补充资料", "request"), "registration": ("注册", "registration"),
    "evidence": ("证据文件", "evidence"), "assessments": ("评价", "assessments"), "run": ("评价", "run"), "jobs": ("任务", "jobs"), "job": ("任务", "job"),
    "audit": ("审计", "audit"), "head": ("链头", "head"), "events": ("事件", "events"), "catalogue": ("规则", "catalogue"), "api": ("接口", "API"),
    "create": ("新建", "create"), "change": ("修改", "change"), "reset": ("重设", "reset"), "stop": ("停用", "stop"), "restore": ("恢复", "restore"),
    "end": ("结束", "end"), "begin": ("开始", "begin"), "failed": ("失败", "failed"), "fail": ("失败", "fail"), "grant": ("授予", "grant"),
    "approve": ("批准", "approve"), "refuse": ("拒绝", "refuse"), "decide": ("裁定", "decide"), "commit": ("提交", "commit"), "submit": ("提交", "submit"),
    "save": ("保存", "save"), "withdraw": ("撤回", "withdraw"), "publish": ("发布", "publish"), "export": ("导出", "export"), "see": ("查看", "see"),
    "open": ("打开", "open"), "enqueue": ("排队", "enqueue"), "cancel": ("取消", "cancel"), "verify": ("校验", "verify"), "backup": ("备份", "backup"),
    "daily": ("每日校验", "daily check"), "accept": ("承认", "accept"), "load": ("装入", "load"), "unlock": ("解锁", "unlock"), "rotate": ("轮换", "rotate"),
    "revoke": ("作废", "revoke"), "upload": ("上传", "upload"), "delete": ("删除", "delete"), "switch": ("切换", "switch"), "logout": ("退出", "log out"),
    "invite": ("邀请", "invite"), "answer": ("答复", "answer"), "rename": ("改名", "rename"), "start": ("开始", "start"),
    "codes": ("备用码", "spare codes"), "enrol": ("设置", "set up"), "remove": ("移除", "remove"), "clear": ("解除", "clear"),
    "manager": ("管理成员", "manager"), "handover": ("移交", "hand over"), "preferences": ("偏好", "preferences"),
    "expire": ("到期", "expire"), "facts": ("数据", "facts"), "put": ("写入", "put"), "download": ("下载", "download"),
    "list": ("列表", "list"), "misses": ("差一点名单", "near misses"), "profile": ("画像", "profile"), "done": ("完成", "done"),
    "check": ("检查", "check"), "replace": ("换文件", "replace"), "undo": ("撤销改动", "undo"), "read": ("打开", "read"),
    "refused": ("被拒", "refused"), "wipe": ("清除", "wipe"), "asked": ("补充资料", "request"),
    "ok": ("成功", "done"), "file": ("提出", "file"), "checked": ("检查完", "checked"), "headings": ("对表头", "headings"), "edit": ("改单元格", "edit"),
    "abandon": ("放弃", "abandon"), "marked": ("有密级标志", "marked"), "see_enterprise": ("查看企业", "see"), "add": ("新增", "add"), "factors": ("动态码", "second factor"),
}  # fmt: skip
_PURPOSES = {
    "export": ("导出", "export"), "verify": ("校验", "check"), "backup": ("备份", "backup"), "restore": ("恢复", "restore"),
    "daily": ("每日校验", "daily check"), "accept": ("承认", "accepted"),
}  # fmt: skip


def act(tag: str) -> str:
    """A tag in words: 账户 · 密码 · 修改."""
    words = [say(*_PARTS[part]) if part in _PARTS else part for part in tag.split(":")]
    # the subject is often its object's name again
    return " · ".join(word for i, word in enumerate(words) if i == 0 or word != words[i - 1])


def purpose(key: str) -> str:
    """Why a head was recorded."""
    return say(*_PURPOSES.get(key, (key, key)))


def detail(text: str) -> str:
    """The detail of an event on one line; hashed values show as veiled, with the beginning of the hash."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    if not isinstance(found, dict):
        return text
    return say("；", "; ").join(f"{key} {_value(value)}" for key, value in found.items())


def _value(value: object) -> str:
    if isinstance(value, str):
        return say("已遮蔽 ", "veiled ") + value[4:12] if value.startswith("sm3:") else value
    return json.dumps(value, ensure_ascii=False)
