import { escapeHtml } from '../escape-html.ts';

/** What the browser shows when it comes back from Zoom. */
export interface Page {
  readonly mood: 'good' | 'calm' | 'bad';
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** To be typed next. */
  readonly command?: string;
}

const marks: Readonly<Record<Page['mood'], string>> = {
  good: '<path d="M7 12.5l3.4 3.4L17 9.2"/>',
  calm: '<path d="M12 7.2v.1M12 11v6"/>',
  bad: '<path d="M12 6.8v6.4M12 17v.1"/>',
};

const style = `
:root { color-scheme: light dark; --ground: #f6f7f9; --sheet: #fff; --edge: #e1e5ea; --text: #1c2733; --quiet: #55626f; --field: #f0f3f6;
  --good: #14794b; --good-soft: #dff3e8; --calm: #345ea8; --calm-soft: #e3ecfa; --bad: #a84300; --bad-soft: #fdeadc; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --sheet: #1d232a; --edge: #313a44; --text: #e9edf1; --quiet: #a9b4bf; --field: #12161a;
  --good: #6fd6a2; --good-soft: #173a2a; --calm: #9fc1ff; --calm-soft: #1d2f4f; --bad: #ffb07c; --bad-soft: #452a17; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100svh; display: grid; place-items: center; padding: 1.25rem; background: var(--ground); color: var(--text);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
main { width: 100%; max-width: 34rem; padding: 2.25rem; background: var(--sheet); border: 1px solid var(--edge); border-radius: 14px; }
svg { display: block; width: 3rem; height: 3rem; padding: .5rem; border-radius: 50%; fill: none; stroke: currentColor; stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.good svg { color: var(--good); background: var(--good-soft); }
.calm svg { color: var(--calm); background: var(--calm-soft); }
.bad svg { color: var(--bad); background: var(--bad-soft); }
h1 { margin: 1.25rem 0 .75rem; font-size: 1.5rem; line-height: 1.25; font-weight: 650; letter-spacing: -.01em; text-wrap: balance; }
p { margin: 0 0 .75rem; overflow-wrap: anywhere; }
p + p { color: var(--quiet); }
pre { margin: 1rem 0 0; padding: .8rem 1rem; background: var(--field); border: 1px solid var(--edge); border-radius: 8px;
  font: .9375rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
footer { margin-top: 1.75rem; color: var(--quiet); font-size: .875rem; }
@media (max-width: 30rem) { body { padding: 0; place-items: stretch; background: var(--sheet); } main { border: 0; border-radius: 0; padding: 1.75rem 1.375rem; } }
`;

/** One page that needs nothing else: no network, no script. */
export function renderPage({ mood, title, paragraphs, command }: Page): string {
  const shown = paragraphs.map((paragraph) => `<p>${escapeHtml(paragraph)}</p>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · source-zoom</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main class="${mood}">
<svg viewBox="3 3 18 18" aria-hidden="true">${marks[mood]}</svg>
<h1>${escapeHtml(title)}</h1>
${shown}${command === undefined ? '' : `\n<pre><code>${escapeHtml(command)}</code></pre>`}
<footer>source-zoom, on this machine</footer>
</main>
</body>
</html>
`;
}

/** Of a page that shows what others said: it loads nothing, runs nothing, is kept nowhere and tells nobody its address. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
