"""The end of ``keqiao demo --serve``: the demonstration site, made once, its users printed, open until Ctrl-C."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from keqiao.cli.common import err, fail, out, progress, told
from keqiao.cli.site_common import platform
from keqiao.errors import language, say

if TYPE_CHECKING:
    from keqiao.platform.home import Home

#: Says that a folder is a demonstration's and may be made anew.
MARKER = ".keqiao-demo-site"


def open_demo(folder: Path, port: int) -> None:
    """Make the demonstration in ``KEQIAO_HOME``, else in ``folder``, where it is not made yet; then serve it.

    A site in production mode is refused and stays as it is.
    """
    path = Path(os.environ.get("KEQIAO_HOME") or folder).absolute()
    with platform():
        home = _made(path)
    _users()
    from keqiao.cli.site import serve_site

    serve_site(home, port=port)


def _made(path: Path) -> Home:
    """The demonstration's site with Django set up; one that broke off half-way is made anew."""
    from keqiao.platform.home import CONFIG, read_home
    from keqiao.platform.operating.demo_users import DONE
    from keqiao.platform.operating.making import init
    from keqiao.platform.operating.starting import ready

    with told():
        if (path / CONFIG).exists() and not read_home(path).demo:
            raise fail(say(f"“{path}”里是正式站点，不装示例数据；换一个 KEQIAO_HOME", f"{str(path)!r} holds a production site; set another KEQIAO_HOME"))
        if (path / DONE).exists():
            return ready(path)
        if (path / CONFIG).exists() and not (path / MARKER).exists():
            raise fail(say(f"“{path}”里是别的站点；换一个 KEQIAO_HOME", f"{str(path)!r} holds another site; set another KEQIAO_HOME"))
        if (path / MARKER).exists():
            shutil.rmtree(path)
        out().print(say("四、示例站点：600 家企业、各种身份的用户（全部为合成数据）", "4. the demonstration site: 600 enterprises, a user for each role (all synthetic)"), style="bold", markup=False)
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (path / MARKER).touch()
        home = init(path, demo=True, title=say("科桥", "Keqiao"))
        _load()
    return home


def _load() -> None:
    from keqiao.platform.operating.demo import load

    with progress() as report:

        def step(name: str, done: int, total: int) -> None:
            words = name.split("|")[0 if language() == "zh" else -1]
            report(words, done, total)
            if not err().is_terminal:
                out().print(f"  {words}", markup=False)

        load(told=step)


def _users() -> None:
    """The users and their one password."""
    from keqiao.platform.operating.demo_users import PASSWORD, USERS

    out().print(say(f"示例用户（密码都是 {PASSWORD}）：", f"users (all with the password {PASSWORD}):"), style="bold", markup=False)
    for login in USERS:
        out().print(f"  {login.username:<12}{say(login.zh, login.en)}", markup=False)
