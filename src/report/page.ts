import type { FailureType } from '../errors.ts';
import { count, formatCount, formatDuration, listSome } from '../wording.ts';
import { renderChart } from './chart.ts';
import type { FamilyFacts, StreamFacts, SyncFacts } from './collect.ts';
import { html, type Markup } from './markup.ts';
import { style } from './style.ts';

/** One page that needs nothing else: no network, no script. */
export function renderPage(facts: SyncFacts): string {
  const [mood, title] = titleOf(facts);
  const safe = { markup: style };
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>${title} · source-zoom</title>
<link rel="icon" href="data:,">
<style>${safe}</style>
</head>
<body>
<main>
<header>
<h1><span class="mark ${mood}"></span>${title}</h1>
<p>source-zoom read, ${showSpan(facts)} (UTC)</p>
</header>
${renderSums(facts)}
${renderFailures(facts)}
${renderTimeline(facts)}
${renderStreams(facts)}
${renderNotes(facts)}
${renderWaits(facts)}
</main>
<footer>A report of one sync. It loads nothing and holds no row of the data and no secret; examples name ids of meetings and users.</footer>
</body>
</html>
`;
  return page.markup;
}

function titleOf({ end, families }: SyncFacts): readonly [string, string] {
  const streams = streamsOf(families);
  const read = streams.filter(({ state }) => state === 'read').length;
  const all = `${count(streams.length, 'stream')}`;
  switch (end.how) {
    case 'complete':
      return [
        'good',
        streams.length === 1 ? 'The stream was read to its end' : `All ${all} were read to the end`,
      ];
    case 'incomplete':
      if (streams.length === 1) return ['bad', 'The stream was not read to its end'];
      return ['bad', `${read} of ${all} ${read === 1 ? 'was' : 'were'} read to the end`];
    case 'stopped':
      return ['calm', `The sync was stopped when ${read} of ${all} ${read === 1 ? 'was' : 'were'} read`];
    case 'failed':
      return ['bad', streams.length === 0 ? 'The sync could not begin' : 'The sync broke off'];
    default:
      return end satisfies never;
  }
}

function renderSums({ startedAt, endedAt, families, otherRequests, pauses, lanes }: SyncFacts): Markup {
  const streams = streamsOf(families);
  const waited = lengthOf(pauses, endedAt);
  // What is waited for a second or two is no pause.
  const isRefused = lanes.some(({ limited }) => limited.some((count) => count > 0));
  const sums: readonly (readonly [string, string])[] = [
    ['Records', formatCount(sum(streams, ({ records }) => records))],
    ['Requests', formatCount(sum(streams, ({ requests }) => requests) + otherRequests)],
    ['Took', formatDuration(endedAt - startedAt)],
    ['Waited for limits', waited > 0 ? formatDuration(waited) : isRefused ? 'a moment' : 'not at all'],
  ];
  return html`<dl>${sums.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** Streams that failed for the same reason stand together, and no more of them than a page can hold. */
const mostFailuresShown = 100;

function renderFailures({ end, families }: SyncFacts): Markup {
  const reasons = new Map<string, { readonly type: FailureType; readonly names: string[] }>();
  const add = (name: string, type: FailureType, message: string) => {
    const reason = withoutName(message, name);
    const known = reasons.get(reason) ?? { type, names: [] };
    known.names.push(name);
    reasons.set(reason, known);
  };
  if (end.how === 'failed') add('The whole sync', end.type, end.message);
  for (const { name, failure } of streamsOf(families))
    if (failure !== undefined) add(name, failure.type, failure.message);
  if (reasons.size === 0) return html``;
  const shown = [...reasons].slice(0, mostFailuresShown);
  const more = reasons.size - shown.length;
  return html`<section>
<h2>What failed</h2>
<ul>
${shown.map(
  ([reason, { type, names }]) =>
    html`<li><div class="row"><h3>${listSome(names, mostNamesShown)}</h3><span class="sums bad">${meanings[type]}</span></div><p class="warn">${reason}</p></li>
`,
)}</ul>
${more > 0 ? html`<p class="quiet">and ${formatCount(more)} more, in the log</p>` : ''}
</section>`;
}

const meanings = {
  config_error: 'needs a change of the config, the app or the account',
  transient_error: 'passes by itself',
  system_error: 'not understood',
} as const;

function renderTimeline(facts: SyncFacts): Markup {
  const { timeline, startedAt, endedAt } = facts;
  const lanes = facts.lanes.toSorted((one, other) => rankOf(one.name) - rankOf(other.name));
  if (lanes.length === 0) return html``;
  const limits = lanes.some(({ perSecond }) => perSecond !== undefined)
    ? html`The dashed line is what <code>rate_limit_share</code> of the plan’s limit allows, where it is near.`
    : html`With <code>zoom_plan</code> unlimited no limit is known.`;
  return html`<section>
<h2>Requests over time</h2>
<p class="hint">By Zoom’s rate limit label, each bar ${showSlot(timeline.slotMs)}. ${limits}</p>
${lanes.map((lane) => renderChart(lane, timeline))}
<p class="axis"><span>${showTime(startedAt)}</span><span>${showTime(endedAt)}</span></p>
</section>`;
}

const labels = ['light', 'medium', 'heavy', 'resource-intensive'];

function rankOf(lane: string): number {
  const label = lane.replace('Phone ', '');
  return labels.indexOf(label) + (label === lane ? 0 : labels.length);
}

/** Slots double from a second on. */
function showSlot(slotMs: number): string {
  return slotMs < 60_000 ? `${slotMs / 1000} s` : formatDuration(slotMs);
}

/** Fewer are shown at once, more by family. */
const mostOpen = 20;

function renderStreams({ families, otherRequests }: SyncFacts): Markup {
  const streams = streamsOf(families);
  if (streams.length === 0) return html``;
  const most = Math.max(1, ...streams.map(({ records }) => records));
  const isOpen = streams.length <= mostOpen;
  const others =
    otherRequests === 0
      ? html``
      : html`<p class="quiet">Beside these, ${count(otherRequests, 'request')} for listings that only lead to them.</p>`;
  return html`<section>
<h2>Streams</h2>
${families.map((family) => renderFamily(family, most, isOpen))}
${others}
</section>`;
}

function renderFamily({ family, streams }: FamilyFacts, most: number, isOpen: boolean): Markup {
  const bad = streams.filter(({ state }) => state !== 'read').length;
  const trouble = bad === 0 ? html`` : html`<span class="bad">${bad} not read to the end · </span>`;
  const sums = joinSums([
    count(streams.length, 'stream'),
    count(
      sum(streams, ({ records }) => records),
      'record',
    ),
    count(
      sum(streams, ({ requests }) => requests),
      'request',
    ),
  ]);
  const open = { markup: isOpen ? ' open' : '' };
  return html`<details${open}>
<summary><span>${family}</span><span class="quiet">${trouble}${sums}</span></summary>
<ul>
${streams.map((stream) => renderStream(stream, most))}</ul>
</details>
`;
}

const states: Readonly<Record<StreamFacts['state'], readonly [string, string]>> = {
  read: ['good', 'read to its end'],
  failed: ['bad', 'not read to its end'],
  reading: ['calm', 'was being read'],
  waiting: ['calm', 'had not begun'],
};

function renderStream(
  { name, state, records, requests, tookMs, remarks }: StreamFacts,
  most: number,
): Markup {
  const [mood, words] = states[state];
  const share = Math.round((records / most) * 1000) / 10;
  const sums = joinSums([count(records, 'record'), count(requests, 'request'), formatDuration(tookMs)]);
  return html`<li>
<div class="row"><h3><span class="mark ${mood}" title="${words}"></span>${name}</h3><span class="sums">${state === 'read' ? '' : `${words} · `}${sums}</span></div>
<div class="track"><i style="width:${share}%"></i></div>
${remarks.map((remark) => html`<p>${remark}</p>`)}</li>
`;
}

const mostNotesShown = 200;

function renderNotes({ notes, furtherNotes }: SyncFacts): Markup {
  if (notes.length === 0) return html``;
  const sorted = notes.toSorted(
    (one, other) => Number(other.level === 'WARN') - Number(one.level === 'WARN'),
  );
  const more = sorted.length - mostNotesShown + furtherNotes;
  return html`<section>
<h2>Skipped, owed and warned of</h2>
<p class="hint">What Zoom refused for good is skipped. What is owed is asked for again in the next sync.</p>
<ul>
${sorted.slice(0, mostNotesShown).map(
  ({ level, message }) => html`<li><p${level === 'WARN' ? html` class="warn"` : ''}>${message}</p></li>
`,
)}</ul>
${more > 0 ? html`<p class="quiet">${count(more, 'more line')} in the log.</p>` : ''}
</section>`;
}

const mostWaitsShown = 50;
const mostNamesShown = 6;

function renderWaits({ pauses, retries, endedAt }: SyncFacts): Markup {
  if (pauses.length + retries.length === 0) return html``;
  const paused = pauses.slice(0, mostWaitsShown).map(({ from, until, streams }) => {
    const length = until > endedAt ? `until ${showInstant(until)}` : formatDuration(until - from);
    return html`<li><div class="row"><h3>${`${showTime(from)} – ${showTime(until)}`}</h3><span class="sums">${length}</span></div><p>Zoom’s rate limit: ${listSome([...streams], mostNamesShown)}</p></li>
`;
  });
  const again = retries
    .toSorted((one, other) => other.waitedMs - one.waitedMs)
    .slice(0, mostWaitsShown)
    .map(
      ({ stream, count: times, waitedMs, last }) =>
        html`<li><div class="row"><h3>${stream}</h3><span class="sums">asked again ${times === 1 ? 'once' : `${formatCount(times)} times`} · waited ${formatDuration(waitedMs)}</span></div><p>${last}</p></li>
`,
    );
  const more = Math.max(0, pauses.length - mostWaitsShown) + Math.max(0, retries.length - mostWaitsShown);
  return html`<section>
<h2>Waits and retries</h2>
<ul>
${paused}${again}</ul>
${more > 0 ? html`<p class="quiet">and ${formatCount(more)} more, in the log</p>` : ''}
</section>`;
}

function streamsOf(families: readonly FamilyFacts[]): readonly StreamFacts[] {
  return families.flatMap(({ streams }) => streams);
}

/** How long somebody waited, pauses that overlap counted once. */
function lengthOf(pauses: SyncFacts['pauses'], endedAt: number): number {
  let total = 0;
  let reached = 0;
  for (const { from, until } of pauses.toSorted((one, other) => one.from - other.from)) {
    const end = Math.min(until, endedAt);
    total += Math.max(0, end - Math.max(from, reached));
    reached = Math.max(reached, end);
  }
  return total;
}

function sum(streams: readonly StreamFacts[], of: (stream: StreamFacts) => number): number {
  return streams.reduce((total, stream) => total + of(stream), 0);
}

/** Broken between them and not inside. */
function joinSums(sums: readonly string[]): string {
  return sums.map((each) => each.replaceAll(' ', '\u00a0')).join(' · ');
}

function withoutName(message: string, name: string): string {
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}

function showInstant(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

function showSpan({ startedAt, endedAt }: SyncFacts): string {
  const [start, end] = [showInstant(startedAt), showInstant(endedAt)];
  return `${start} to ${end.slice(0, 10) === start.slice(0, 10) ? end.slice(11) : end}`;
}

function showTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
