// What the theme leaves out: names for the buttons of each block of code, and tables and code that can be scrolled with the keyboard.
function complete() {
  document.querySelectorAll("nav.md-code__nav:not([aria-label])").forEach((nav) => {
    const blocks = [...document.querySelectorAll("nav.md-code__nav")];
    nav.setAttribute("aria-label", `Code block ${blocks.indexOf(nav) + 1}`);
  });
  document.querySelectorAll(".md-typeset__scrollwrap:not([tabindex]), pre > code:not([tabindex])").forEach((region) => {
    region.setAttribute("tabindex", "0");
  });
}
new MutationObserver(complete).observe(document.documentElement, { childList: true, subtree: true, attributeFilter: ["tabindex"] });
complete();
