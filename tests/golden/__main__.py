"""Write the golden figures anew."""

import json

from countervail.files import write_atomic
from tests.golden.figures import FILE, figures

print(write_atomic(FILE, json.dumps(figures(), indent=1) + "\n"))
