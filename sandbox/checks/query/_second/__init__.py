"""The second parsers, one module each: `agree` refuses what its parser reads otherwise than expected."""
