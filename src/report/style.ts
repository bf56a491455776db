/** How the report looks: in light and dark, on a phone and on a desk. Nothing is loaded for it. */
export const style = `
:root { color-scheme: light dark; --ground: #f6f7f9; --sheet: #fff; --edge: #dde2e8; --text: #1c2733; --quiet: #55626f; --bar: #3f74c9; --track: #e6ebf2;
  --good: #14794b; --bad: #a83a00; --calm: #5b6570; --bad-soft: #fdf0e6; --limit: #a83a00; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --sheet: #1d232a; --edge: #313a44; --text: #e9edf1; --quiet: #a9b4bf; --bar: #7fa9f0;
  --track: #2b333d; --good: #6fd6a2; --bad: #ffb07c; --calm: #a9b4bf; --bad-soft: #35261b; --limit: #ffb07c; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 2rem 1rem 3rem; background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; letter-spacing: -.015em; text-wrap: balance; }
h2 { margin: 0 0 .75rem; font-size: 1.1875rem; line-height: 1.3; }
h3 { margin: 0; font-size: 1rem; font-weight: 600; }
p { margin: 0; }
header p { margin-top: .35rem; color: var(--quiet); }
.mark { display: inline-block; width: .7em; height: .7em; margin-right: .45em; border-radius: 50%; background: currentColor; }
.good { color: var(--good); } .bad { color: var(--bad); } .calm { color: var(--calm); }
section { margin-top: 1.25rem; padding: 1.25rem 1.5rem 1.375rem; background: var(--sheet); border: 1px solid var(--edge); border-radius: 12px; }
.hint { margin: -.5rem 0 .75rem; color: var(--quiet); font-size: .9375rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1.5rem 0 0; }
dl div { padding: .75rem 1rem; background: var(--sheet); border: 1px solid var(--edge); border-radius: 12px; }
dt { color: var(--quiet); font-size: .875rem; }
dd { margin: 0; font-size: 1.375rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: .625rem 0; border-top: 1px solid var(--edge); }
ul > li:first-child { border-top: 0; padding-top: 0; } ul > li:last-child { padding-bottom: 0; }
li p { margin-top: .375rem; font-size: .9375rem; } li p, .quiet { color: var(--quiet); }
figure { margin: 0; } figure + figure { margin-top: 1.25rem; }
figcaption p { color: var(--quiet); font-size: .875rem; }
svg { display: block; width: 100%; height: 5.5rem; margin-top: .375rem; background: linear-gradient(var(--track), var(--track)) bottom / 100% 1px no-repeat; color: var(--bar); }
.bars { fill: var(--bar); } .troubled { fill: var(--bad); }
.limit { fill: none; stroke: var(--limit); stroke-width: 1.5; stroke-dasharray: 5 4; vector-effect: non-scaling-stroke; }
.axis { display: flex; justify-content: space-between; margin-top: .375rem; color: var(--quiet); font-size: .875rem; font-variant-numeric: tabular-nums; }
details { border-top: 1px solid var(--edge); } details:first-of-type { border-top: 0; }
summary { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; padding: .625rem 0; cursor: pointer; font-weight: 600; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary > :first-child::before { content: ""; display: inline-block; width: .4em; height: .4em; margin-right: .6em; border: solid var(--quiet); border-width: 0 2px 2px 0; transform: translateY(-.15em) rotate(-45deg); }
details[open] summary > :first-child::before { transform: translateY(-.2em) rotate(45deg); }
summary .quiet, .sums { font-size: .9375rem; font-weight: 400; color: var(--quiet); font-variant-numeric: tabular-nums; }
summary:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
details ul { padding: 0 0 .75rem 1rem; }
.row { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0 1rem; }
.track { height: 5px; margin-top: .375rem; background: var(--track); border-radius: 3px; overflow: hidden; }
.track i { display: block; height: 100%; background: var(--bar); border-radius: 3px; }
.warn { margin-top: .25rem; padding-left: .75rem; border-left: 3px solid var(--bad); color: var(--text); }
li p.warn { color: var(--text); }
footer { max-width: 60rem; margin: 1.5rem auto 0; color: var(--quiet); font-size: .875rem; }
@media (max-width: 30rem) { body { padding: 1.25rem 0 2rem; } header, footer { padding: 0 1rem; } dl { grid-template-columns: 1fr 1fr; padding: 0 1rem; gap: .5rem; } h1 { font-size: 1.5rem; }
  section { border-radius: 0; border-width: 1px 0; padding: 1.125rem 1rem 1.25rem; } details ul { padding-left: .25rem; } }
@media print { :root { --ground: #fff; } section { break-inside: avoid-page; } }
`;
