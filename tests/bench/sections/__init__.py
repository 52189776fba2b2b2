"""The sections of the benchmarks. Each has a TITLE and measure(options) -> rows; options.quick asks for a moment of
each, and add_options(group), where there is one, adds the section's own options to the command line."""
