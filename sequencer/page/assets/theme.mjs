// Runs before anything is drawn: a theme that was chosen here earlier, else the system's.
(function () {
  try {
    const chosen = localStorage.getItem('troupe.theme');
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch {
    // storage is off: the system's theme
  }
})();
