"""The demo hospital, the registry beside it, and a model's server for the loopback: all made up.

    from resources.demo.hospital import write_hospital, is_demo_source
    from resources.demo.registry import write_registry
    from resources.demo.canaries import canaries, distinctive
    from resources.demo.model_server import ModelServer
    from resources.demo.conversation import load_conversation

    facts = write_hospital(Path("hospital.duckdb"), patients=2000, seed=1, password="a login")

Nothing is imported here, because the server needs no DuckDB and the hospital no server.
"""
