"""What the site refuses, as sentences with an HTTP status; the frame shows them, the API sends problem+json."""

from __future__ import annotations

from collections.abc import Mapping

from keqiao.errors import KeqiaoError


class SiteError(KeqiaoError):
    """A refusal with an HTTP ``status``."""

    status = 400


class NotVisible(SiteError):
    """There is nothing here for this user; the same page whether the object exists or not."""

    status = 404

    def __init__(self) -> None:
        super().__init__("没有这一页，或者您不能看。", "There is no such page, or you may not see it.")


class NeedsLogin(SiteError):
    """Nobody is logged in."""

    status = 401

    def __init__(self) -> None:
        super().__init__("登录以后才能看这一页。", "Log in to see this page.")


class NotAllowed(SiteError):
    """The user knows of the act, but the role may not do it."""

    status = 403


class NeedsProof(SiteError):
    """The act is dangerous: the user shows once more who he is (re-authentication)."""

    status = 403

    def __init__(self) -> None:
        super().__init__("这一步要再验证一次身份。", "This step asks you to prove once more who you are.")


class Refused(SiteError):
    """The request is well-formed, but the state of things forbids it: stale form, conflict, wrong moment."""

    status = 409


class TooMany(SiteError):
    """A limit of requests is exceeded; ``wait`` seconds to the next."""

    status = 429

    def __init__(self, wait: int) -> None:
        super().__init__(f"请求太多，{wait} 秒后再试。", f"Too many requests; try again in {wait} seconds.")
        self.wait = wait


class Invalid(SiteError):
    """What was typed or sent is wrong; ``fields`` says what is wrong where, in the current language."""

    status = 422

    def __init__(self, fields: Mapping[str, str] | None = None, zh: str = "有内容要改。", en: str = "Something needs to be corrected.") -> None:
        super().__init__(zh, en)
        self.fields = dict(fields or {})
