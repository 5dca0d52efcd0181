"""The MCP door: language models look things up and act for a person, with the person's token and rights (A2)."""
