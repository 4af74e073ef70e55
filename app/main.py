"""The API process."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute

from app import api, reactions
from app.core import keyring, logs, ports, web
from app.core.db import Database
from app.core.ending import told_of_the_end
from app.core.settings import Settings
from app.docs.routes import router as docs
from app.fairs.rooms import Rooms
from app.feed.snapshots import Snapshots
from app.hall.boards import Boards
from app.hall.routes import router as screens
from app.health import routes as health
from app.identity import dev
from app.inbound import batches
from app.notifications import dev as pushes
from app.notifications.streams import Streams
from app.streams.callbacks import router as media_server

log = structlog.get_logger()
BODY_LIMIT = 10 * 1024 * 1024
LARGER = {"/sync/v1/inbound/batches": batches.LARGEST}


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application; refuses to start outside the local environment with local secrets."""
    settings = settings or Settings()
    logs.set_up(settings.log_level)
    keyring.install(settings)
    ports.install(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        log.info("api_started", reactions=len(reactions.REGISTERED))
        app.state.database = Database(settings.driver_url, settings.database_pool)
        gc.collect()
        gc.freeze()  # what was loaded stays: looking through it again stopped every request now and then
        app.state.streams = streams = Streams(settings.database_url)
        loop = asyncio.get_running_loop()
        app.state.boards = boards = Boards(app.state.database)
        app.state.rooms = rooms = Rooms(app.state.database, settings.database_url)
        app.state.snapshots = snapshots = Snapshots(app.state.database, settings.local_dir / "snapshots")

        def end_what_is_endless() -> None:
            streams.end()
            boards.end()
            rooms.end()

        with told_of_the_end(partial(loop.call_soon_threadsafe, end_what_is_endless)):
            yield
        await streams.close()
        await boards.close()
        await rooms.close()
        await snapshots.close()
        await app.state.database.close()

    app = FastAPI(
        title="临汾零工市场",
        version="1.0.0",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        # Ours are in core/web.py; FastAPI's would also record what a refused request held.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings = settings
    web.install(app, BODY_LIMIT, LARGER)
    app.include_router(health)
    app.include_router(docs)
    app.include_router(screens)
    app.include_router(media_server)
    for router in [*api.MOBILE, *api.ADMIN, *api.PROVINCE]:
        app.include_router(router)
    if settings.is_local:
        app.include_router(dev.router)
        app.include_router(pushes.router)
    return app


def _operation_id(route: APIRoute) -> str:
    """Name an operation after its function: clients' methods read like ours."""
    return route.name


def main() -> None:
    """Serve until SIGTERM or Ctrl-C; requests under way are finished first."""
    settings = Settings()
    os.environ.setdefault("PORT", str(settings.port))
    uvicorn.run(
        "app.main:create_app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.api_processes,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=25,
        # A process that only begins says nothing yet: on a busy machine the usual five seconds are less than
        # it needs, and it would be killed and begun anew for ever.
        timeout_worker_healthcheck=60,
    )


if __name__ == "__main__":
    main()
