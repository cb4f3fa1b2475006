"""One module per bin script; thin: options, one client call, render."""
