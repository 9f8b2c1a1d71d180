"""The shop as a program that serves until it is killed: `python -m tests.uploads.server`."""

import os

from aiohttp import web

from app import create_app
from utils.config import Settings

if __name__ == "__main__":
    settings = Settings.from_env(os.environ)
    web.run_app(create_app(settings), host=settings.host, port=settings.port, access_log=None, print=None)
