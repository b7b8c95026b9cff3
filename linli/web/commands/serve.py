"""`linli serve`."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Annotated

import typer

from linli.web.commands.instance import HomeOption, bring_up_to_date, open_instance
from linli.web.commands.words import say


def serve(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="端口 · port", min=0, max=65535)] = 8000,
    host: Annotated[str, typer.Option(help="监听地址 · address to listen on")] = "127.0.0.1",
    demo: Annotated[bool, typer.Option("--demo", help="演示：一键换岗位 · demo: one click changes role")] = False,
) -> None:
    """检查、升级数据库、启动网站和后台任务。 Check, bring the database up to date, serve, do the jobs."""
    open_instance(home, demo=demo)
    bring_up_to_date()
    refuse_when_unsafe()
    _refuse_open_demo(host)
    _refuse_in_the_clear(host)
    serve_here(host, port)


def _refuse_open_demo(host: str) -> None:
    """The demo lets anybody in by a click: only its own invented county, and only to this machine."""
    from django.conf import settings

    from linli.core.runs import is_demo

    if not settings.LINLI_DEMO:
        return
    reason = "demo_of_real" if not is_demo() else "" if _is_loopback(host) else "demo_for_all"
    if reason:
        sys.stderr.write(say(reason, host=host) + "\n")
        raise typer.Exit(1)


def _refuse_in_the_clear(host: str) -> None:
    """Passwords and files do not cross a network in the clear."""
    from django.conf import settings

    if not _is_loopback(host) and not settings.SESSION_COOKIE_SECURE:
        sys.stderr.write(say("public_without_https", host=host) + "\n")
        raise typer.Exit(1)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_when_unsafe() -> None:
    """Leave with the reasons and their cures when any question of the doctor fails."""
    from django.utils import timezone

    from linli.core.doctor import examine
    from linli.web.commands.doctor import text_of

    failed = [line for line in examine(timezone.now()) if line.state == "fail"]
    if failed:
        sys.stderr.write("\n".join([say("not_safe"), *map(text_of, failed)]) + "\n")
        raise typer.Exit(1)


def serve_here(host: str, port: int) -> None:
    """Serve until told to stop. The port is taken before anything is announced."""
    import uvicorn

    from linli.core.queue import start_workers
    from linli.web.asgi import application

    listening = _listen(host, port)
    config = uvicorn.Config(
        application, loop="uvloop", http="httptools", lifespan="off", log_level="warning", access_log=False,
        server_header=False, timeout_graceful_shutdown=10, limit_concurrency=512,
    )  # fmt: skip
    workers = start_workers()
    if workers is None:
        sys.stdout.write(say("jobs_elsewhere") + "\n")
    url = f"http://{host}:{listening.getsockname()[1]}/"
    sys.stdout.write(say("serving", url=url) + "\n")
    sys.stdout.flush()
    try:
        uvicorn.Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        sys.stdout.write(say("stopping") + "\n")
        if workers is not None:
            workers.stop(graceful=True)
        sys.stdout.write(say("stopped") + "\n")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(512)
    except OSError:
        sys.stderr.write(say("port_taken", port=port, other=port + 1) + "\n")
        raise typer.Exit(1) from None
    return listening
