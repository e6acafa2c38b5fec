"""What a case is: threats, deals and claims as a TOML file, checked against a world's labels.

``schema`` (what may be said; its tables in ``threats`` and ``deals``, its words in
``words``), ``read`` (all errors at once), ``checks`` and ``names`` (fields against
each other, names against the world), ``lines`` (where things stand), ``write``
(comments stay), ``template`` (a file to start from), ``diff`` (what changed).
Nothing here computes, and nothing here loads a numerical library.
"""
