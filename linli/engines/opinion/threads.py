"""One thread for the dense products, unless the user chose otherwise.

The number of threads changes the order of sums, so a machine with more cores would print other last digits of the same
map; and matrices as small as a conversation's are solved faster by one. Takes effect where numpy is not loaded yet.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
