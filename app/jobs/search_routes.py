"""Search: the mobile app's door."""

from fastapi import APIRouter

router = APIRouter(prefix="/v1/jobs", tags=["找活"])
