"""How the installation is: two addresses for programs that watch it, and a page for administrators."""
