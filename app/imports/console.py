"""Imports: the stations' door."""

from fastapi import APIRouter

from app.core.db import Transacted

router = APIRouter(prefix="/admin/v1/imports", tags=["导入"], route_class=Transacted)
