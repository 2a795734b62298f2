"""The explorer's server: on this machine alone, for whoever has the token in its address."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from skipgate.app.explorer.answers import Answers
from skipgate.app.page.sources import Sources
from skipgate.base.errors import reason
from skipgate.errors import InputError
from skipgate.traces.plain import visible

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

HOST = "127.0.0.1"
_NAMES = [HOST, "localhost"]  # by which a browser may call the server; no other name leads here by accident


def application(answers: Answers, token: str) -> Starlette:
    """The pages and answers of one check, below `/TOKEN/`. Nothing else is there."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.middleware.trustedhost import TrustedHostMiddleware
    from starlette.routing import Route

    handlers = _Handlers(answers)
    routes = [
        Route(f"/{token}/{path}", handlers.guarded(handler), methods=["GET"])
        for path, handler in (
            ("", handlers.page),
            ("walk", handlers.walk),
            ("nearest", handlers.nearest),
            ("walk.itf.json", handlers.itf),
            ("walk.svg", handlers.picture),
        )
    ]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_NAMES)])


def serve(answers: Answers, port: int, ready: Callable[[str], None]) -> None:
    """Answer until Ctrl-C. `ready` is called with the address, when it can be opened.

    Raises:
        InputError: the port cannot be had.
    """
    import uvicorn

    token = secrets.token_urlsafe(16)
    try:
        listening = socket.create_server((HOST, port))
    except OSError as error:
        raise InputError(f"port {port} cannot be had: {reason(error)}") from None
    with listening:
        address = f"http://{HOST}:{listening.getsockname()[1]}/{token}/"
        config = uvicorn.Config(application(answers, token), log_level="error", access_log=False, lifespan="off")
        ready(address)
        # The server ends by itself on Ctrl-C, and then sends it again. It is how it is meant to end.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])


class _Handlers:
    """What is answered to each request. Handlers run in threads, so a long search blocks nobody."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers

    def guarded(self, handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """A handler whose bad input is a message, and whose answers no other page may use or keep."""
        from starlette.responses import JSONResponse

        def answer(request: Request) -> Response:
            try:
                response = handler(request)
            except InputError as problem:
                response = JSONResponse({"error": str(problem)}, 400)
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
            response.headers["Referrer-Policy"] = "no-referrer"
            return response

        return answer

    def page(self, _: Request) -> Response:
        from starlette.responses import HTMLResponse

        from skipgate.app.page.templates import rendered

        model = self.answers.model
        sources = Sources()
        sources.add(model.file)
        content = rendered(
            "explore.html.jinja",
            "explore.js",
            model=visible(model.name),
            check=visible(model.check.name.text),
            file=visible(model.file),
            sources={"models": sources.models, "texts": sources.texts},
        )
        return HTMLResponse(content)

    def walk(self, request: Request) -> Response:
        from starlette.responses import JSONResponse

        asked = request.query_params.getlist("ask")
        return JSONResponse(self.answers.walk(_choices(request), asked))

    def nearest(self, request: Request) -> Response:
        from starlette.responses import JSONResponse

        condition = request.query_params.get("where")
        return JSONResponse(self.answers.nearest(_choices(request), condition))

    def itf(self, request: Request) -> Response:
        from starlette.responses import Response

        from skipgate.traces.itf import dump_itf

        trace = self.answers.walks.trace(self.answers.steps(_choices(request)))
        name = f"{self.answers.model.check.name.text}.walk.itf.json"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'} if name.isascii() else {}
        return Response(dump_itf(trace), media_type="application/json", headers=headers)

    def picture(self, request: Request) -> Response:
        from starlette.responses import Response

        from skipgate.traces.render import RenderError, trace_svg

        trace = self.answers.walks.trace(self.answers.steps(_choices(request)))
        try:
            return Response(trace_svg(trace), media_type="image/svg+xml")
        except RenderError as problem:
            raise InputError(str(problem)) from None


def _choices(request: Request) -> list[int]:
    """The numbers of a walk, as `0.3.1`.

    Raises:
        InputError: they are none.
    """
    text = request.query_params.get("choices", "") or "0"
    numbers = text.split(".")
    if not all(each.isascii() and each.isdigit() and len(each) < 10 for each in numbers):
        raise InputError(f"`{visible(text[:100])}` is no walk: it is numbers with dots between them")
    return [int(each) for each in numbers]
