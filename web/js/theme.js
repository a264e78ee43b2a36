// Before the first paint: the theme that the user chose over that of the system.
const theme = localStorage.getItem('chinwag.theme');
if (theme) document.documentElement.dataset.theme = theme;
