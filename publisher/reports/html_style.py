"""How the HTML report looks: a sheet that touches nothing outside the report, and one for a page of its own."""

REPORT = """
.policy-diff { color-scheme: light dark; --ink: #1d2329; --faint: #57606a; --line: #d5dae0; --paper: #fff;
  --sheet: #f6f7f9; --gone: #8c1d18; --gone-back: #fdecea; --come: #0b5a2b; --come-back: #e6f4ea; --grave: #8a4b00;
  --sans: system-ui, -apple-system, "Segoe UI", "Liberation Sans", "Noto Sans CJK SC", sans-serif;
  --serif: Charter, "Source Serif 4", "Iowan Old Style", Georgia, "Liberation Serif",
    "Noto Serif CJK SC", "Songti SC", serif;
  background: var(--paper); color: var(--ink); font: 1.0625rem/1.65 var(--serif); overflow-wrap: anywhere; }
.policy-diff :lang(zh) { line-height: 1.85; }
@media (prefers-color-scheme: dark) { .policy-diff { --ink: #e6e9ec; --faint: #a4adb6; --line: #3a424b;
  --paper: #14181c; --sheet: #1c2127; --gone: #ffb4ab; --gone-back: #42130f; --come: #9be2b4; --come-back: #0f3520;
  --grave: #ffc46b; } }
.policy-diff :is(h1, h2, h3, p, ol, ul, dl, dd) { margin: 0; }
.policy-diff h1 { font-size: 1.625rem; line-height: 1.25; font-weight: 600; }
.policy-diff .names { font: .9375rem/1.5 var(--sans); color: var(--faint); margin-top: .25rem; }
.policy-diff .summary { font-size: 1.0625rem; margin-top: .75rem; }
.policy-diff .texts { font: .8125rem/1.5 var(--sans); color: var(--faint); margin-top: 1rem; display: grid;
  grid-template-columns: fit-content(40%) minmax(0, 1fr);
  gap: .125rem 1rem; }
.policy-diff .texts code { font-size: .75rem; }
.policy-diff .grave { border-inline-start: 3px solid var(--grave); background: var(--sheet); padding: .875rem 1.25rem;
  margin-top: 1.5rem; font: .9375rem/1.5 var(--sans); }
.policy-diff .grave h2 { font: 600 .9375rem/1.5 var(--sans); }
.policy-diff .grave ol { margin-top: .375rem; padding: 0; list-style: none; }
.policy-diff .grave li { padding: .25rem 0; }
.policy-diff .grave a { color: inherit; font-weight: 600; }
.policy-diff .grave span { display: block; color: var(--faint); }
.policy-diff .changes { margin-top: 2rem; }
.policy-diff .change { border-top: 1px solid var(--line); padding: 1rem 0 1.125rem; }
.policy-diff .change:target { background: var(--sheet); box-shadow: 0 0 0 .625rem var(--sheet); }
.policy-diff .change > h2 { font: 600 .9375rem/1.45 var(--sans); margin-bottom: .375rem; }
.policy-diff .place { color: var(--faint); font-weight: 400; }
.policy-diff .grade { color: var(--faint); font-weight: 400; white-space: nowrap; }
.policy-diff .material > h2 .grade { color: var(--grave); font-weight: 600; }
.policy-diff del { background: var(--gone-back); color: var(--gone); text-decoration: line-through; }
.policy-diff ins { background: var(--come-back); color: var(--come); text-decoration: underline;
  text-underline-offset: .2em; }
.policy-diff :is(ins, del) { padding: .0625em .125em; border-radius: 2px; box-decoration-break: clone;
  -webkit-box-decoration-break: clone; }
.policy-diff .pair { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 2rem; }
.policy-diff .pair > div + div { border-inline-start: 1px solid var(--line); padding-inline-start: 1rem;
  margin-inline-start: -1rem; }
.policy-diff .side { font: .75rem/1.5 var(--sans); color: var(--faint); letter-spacing: .03em; }
.policy-diff .none { color: var(--faint); font: italic .9375rem/1.65 var(--sans); }
.policy-diff .n { color: var(--faint); font-variant-numeric: tabular-nums; margin-inline-end: .5em; }
.policy-diff .same { padding: .375rem 0; }
.policy-diff .same.head { font-weight: 600; }
.policy-diff .left { color: var(--faint); font: italic .875rem/1.5 var(--sans); padding: .5rem 0; }
.policy-diff summary { cursor: pointer; }
.policy-diff .fold { border-top: 1px dashed var(--line); font-size: .9375rem; }
.policy-diff .fold > summary { color: var(--faint); font: .8125rem/1.5 var(--sans); padding: .5rem 0; }
.policy-diff .fold[open] { padding-bottom: .75rem; }
.policy-diff .rest, .policy-diff .rest[open]::details-content { display: inline; }
.policy-diff .rest:not([open])::details-content { display: none; }
.policy-diff .rest > summary { display: inline; list-style: none; color: var(--faint); font: .8125rem/1 var(--sans);
  border: 1px solid var(--line); border-radius: 1em; padding: .0625rem .5rem; margin-inline-end: .25em;
  white-space: nowrap; }
.policy-diff .rest > summary::-webkit-details-marker { display: none; }
.policy-diff .findings { font: .9375rem/1.55 var(--sans); margin-top: .75rem; padding: 0; list-style: none; }
.policy-diff .findings li { border-inline-start: 3px solid var(--grave); padding: .125rem 0 .125rem .875rem;
  margin-top: .5rem; }
.policy-diff .findings q { display: block; color: var(--faint); quotes: none; margin-top: .125rem; }
.policy-diff .rule { color: var(--faint); font-size: .8125rem; }
.policy-diff .hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
  white-space: nowrap; }
@media (max-width: 40rem) { .policy-diff { font-size: 1rem; } .policy-diff h1 { font-size: 1.375rem; }
  .policy-diff .pair { grid-template-columns: minmax(0, 1fr); gap: .625rem; }
  .policy-diff .pair > div + div { border: 0; padding: 0; margin: 0; }
  .policy-diff .texts { grid-template-columns: 1fr; }
  .policy-diff .texts dd { margin-bottom: .375rem; } }
@media (min-width: 40.0625rem) { .policy-diff .change .side { display: none; } }
.policy-diff .heads { display: none; }
@media (min-width: 40.0625rem) { .policy-diff .heads { display: grid; position: sticky; top: 0;
  background: var(--paper); font: 600 .8125rem/1.5 var(--sans); padding: .5rem 0;
  border-bottom: 1px solid var(--ink); z-index: 1; } }
@media print { .policy-diff { --paper: #fff; --sheet: #fff; --ink: #000; --faint: #333; --line: #999; --grave: #000;
  --gone: #000; --come: #000; --gone-back: #fff; --come-back: #fff; font-size: 10pt; }
  .policy-diff .change > h2 { break-after: avoid; } .policy-diff .heads { position: static; } }
"""

PAGE = """
:root { color-scheme: light dark; }
body { margin: 0; background: #fff; }
@media (prefers-color-scheme: dark) { body { background: #14181c; } }
.policy-diff { max-width: 46rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
.policy-diff.wide { max-width: 76rem; }
@media print { .policy-diff, .policy-diff.wide { max-width: none; padding: 0; } }
"""
