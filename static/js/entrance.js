// What was typed on pages of whoever was signed in here before is nobody else's.
sessionStorage.clear();
