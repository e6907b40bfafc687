"""Pure rules, no I/O: the language policy, the query check, and the grant that follows from both.

    from sandbox.checks.language import check_program, compile_program
    from sandbox.checks.query import check_query
    from sandbox.checks.grant import derive_grant, compare_grants, grant_text

`worker` is the jailed process that serves them. Nothing is imported here, so that the program's jail can have
`checks.language` without the SQL parser.
"""
