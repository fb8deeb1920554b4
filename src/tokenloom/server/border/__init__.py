"""What stands before every route: who may call what, the gate that enforces it, the session, and how a refusal looks."""
