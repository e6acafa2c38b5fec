"""Trade elasticities as a choice: named sets, files of a user, mapping to sectors."""
