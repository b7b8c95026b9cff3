"""All routes, block by block."""

from django.urls import include, path

urlpatterns = [
    path("account/", include("allauth.urls")),
]
