"""The inbox as it fills: server-sent events, the mobile app's door."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/me", tags=["消息"])
