"""Registration of the MCP door: it declares nothing of its own."""

from django.apps import AppConfig


class McpDoorConfig(AppConfig):
    """See the package's own docstring."""

    name = "coordina.mcp_door"
    label = "mcp_door"
