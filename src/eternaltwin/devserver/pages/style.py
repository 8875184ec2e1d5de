"""The style of the server's pages."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f4f2fa; --card: #fff; --text: #211d33; --soft: #625d78; --line: #dcd7ea; --hover: #f3effe;
  --accent: #5b3fd1; --on-accent: #fff; --warm: #f08a3c; --notice: #fdeceb; --notice-text: #8c1d18; --ring: #5b3fd1;
  --shadow: 0 1px 2px rgb(33 29 51 / .06), 0 8px 24px rgb(33 29 51 / .07);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #15131d; --card: #201d2c; --text: #eeebf8; --soft: #aaa4c0; --line: #38334a; --hover: #2b2740;
    --accent: #a893ff; --on-accent: #1a1530; --notice: #43201f; --notice-text: #ffc9c4; --ring: #c9bcff;
    --shadow: none;
  }
}
*, *::before, *::after { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 2.5rem; max-width: 38rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
header { display: flex; align-items: center; gap: .6rem; margin-bottom: 1.75rem; }
header svg .left { fill: var(--accent); }
header svg .right { fill: var(--warm); fill-opacity: .85; }
.brand { font-weight: 700; font-size: 1.15rem; letter-spacing: -.01em; }
.badge { margin-left: auto; padding: .1rem .6rem; border: 1px solid var(--line); border-radius: 1rem;
  color: var(--soft); font-size: .8rem; white-space: nowrap; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.02em; overflow-wrap: anywhere; }
h2, summary { font-size: 1.05rem; font-weight: 600; }
h2 { margin: 0 0 .75rem; }
.card { margin: 0 0 1rem; padding: 1.1rem 1.25rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .9rem; box-shadow: var(--shadow); }
.asking { margin: 0 0 1.25rem; }
.asking div { display: flex; gap: .75rem; padding: .15rem 0; }
.asking dt { flex: 0 0 7rem; color: var(--soft); }
.asking dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
code { color: var(--soft); font: .85em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.players { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem;
  margin: 0; padding: 0; list-style: none; }
button, .primary { font: inherit; cursor: pointer; border-radius: .6rem; }
button.player { display: flex; align-items: center; gap: .75rem; width: 100%; min-height: 3.5rem; padding: .5rem .75rem;
  border: 1px solid var(--line); background: transparent; color: inherit; text-align: start; }
button.player:hover { background: var(--hover); border-color: var(--accent); }
.face { flex: none; display: grid; place-items: center; width: 2.4rem; height: 2.4rem; border-radius: 50%;
  color: #fff; font-weight: 700; }
.tone0 { background: #5b3fd1; } .tone1 { background: #b3471f; } .tone2 { background: #0f766e; }
.tone3 { background: #a21d5d; } .tone4 { background: #1d5fa8; } .tone5 { background: #4d6b16; }
.who { display: flex; flex-direction: column; min-width: 0; line-height: 1.3; overflow-wrap: anywhere; }
.name { font-weight: 600; }
.login, .count, .none { color: var(--soft); font-size: .875rem; }
.admin { margin-inline-start: .25rem; padding: 0 .45rem; border-radius: .6rem; background: var(--hover);
  color: var(--accent); font-size: .75rem; font-weight: 600; white-space: nowrap; }
.primary, .quiet { display: inline-block; min-height: 2.75rem; padding: .6rem 1.1rem; border: 1px solid transparent;
  font-weight: 600; line-height: 1.4; text-decoration: none; }
.primary { background: var(--accent); color: var(--on-accent); }
.primary:hover { filter: brightness(1.08); }
.quiet { border-color: var(--line); background: transparent; color: var(--text); }
.quiet:hover { background: var(--hover); }
:focus-visible { outline: 3px solid var(--ring); outline-offset: 2px; }
.session p { margin: 0 0 .75rem; }
.session form { display: flex; flex-wrap: wrap; gap: .5rem; }
summary { cursor: pointer; border-radius: .3rem; }
details[open] > summary { margin-bottom: .75rem; }
label { display: block; margin: .6rem 0 .25rem; font-weight: 600; font-size: .9rem; }
input { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; border: 1px solid var(--soft); border-radius: .6rem;
  background: var(--page); color: inherit; font: inherit; }
input[aria-invalid] { border-color: var(--notice-text); }
details .primary { margin-top: 1rem; }
.notice { margin: 0 0 1rem; padding: .7rem .9rem; border-radius: .6rem; background: var(--notice);
  color: var(--notice-text); overflow-wrap: anywhere; white-space: pre-line; }
.search { margin-bottom: .75rem; }
.search .row { display: flex; gap: .5rem; }
.count { margin: .4rem 0 0; }
.refuse { margin-top: 1.25rem; text-align: center; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; }
.row input { flex: 1 1 8rem; width: auto; }
.big { margin: 0 0 .75rem; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
.soft { color: var(--soft); font-size: .875rem; }
.wide { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .925rem; }
th { padding: .25rem .5rem .25rem 0; color: var(--soft); font-size: .8rem; font-weight: 600; text-align: start; }
td { padding: .45rem .5rem .45rem 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.number { text-align: end; white-space: nowrap; font-variant-numeric: tabular-nums; }
.change { min-width: 6rem; }
body:has(.dashboard) { max-width: 78rem; }
.dashboard { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 0 1rem;
  align-items: start; }
td .quiet { min-height: 2.25rem; margin-top: .4rem; padding: .3rem .75rem; }
td summary { color: var(--accent); font-size: .875rem; }
.good, .bad { font-weight: 600; font-variant-numeric: tabular-nums; }
.bad { color: var(--notice-text); }
section.card > form, section.card > details { margin-top: .9rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); gap: 0 .75rem; }
a { color: var(--accent); }
footer { margin-top: 1.75rem; color: var(--soft); font-size: .85rem; text-align: center; text-wrap: balance; }
@media (max-width: 30rem) {
  body { padding-top: 1rem; }
  h1 { font-size: 1.45rem; }
  .asking div { display: block; }
  .asking dt { font-size: .85rem; }
  .card { padding: 1rem; }
  .refuse button, .session .primary, .session .quiet, details .primary { width: 100%; text-align: center; }
}
"""
