"""Side-by-side measurements: our tools and broker next to the JVM's and kcat, in one run, as ratios.

`python -m benchmarks` runs everything and prints the table of the README; `--write` puts it there. Machines are noisy:
what is compared runs alternately, and medians are divided.
"""
