import { count, formatCount } from '../wording.ts';
import type { PacedLane, SyncFacts } from './collect.ts';
import { html, type Markup } from './markup.ts';

const [width, height] = [600, 100];
/** Where the limit is higher by more, what was asked would be too low to be seen below it. */
const steepest = 6;

/** Calls of one label over time, beside what the limit allows. */
export function renderChart(lane: PacedLane, { slotMs, slots }: SyncFacts['timeline']): Markup {
  const perSecond = (counted: number) => (counted * 1000) / slotMs;
  const peak = perSecond(Math.max(...lane.all));
  const { perSecond: limit } = lane;
  const isInSight = limit !== undefined && limit <= peak * steepest;
  const top = Math.max(peak, isInSight ? limit : 0) * 1.08;
  const heightOf = (counted: number) => (perSecond(counted) / top) * height;
  const bars = (counts: readonly number[]) => toPath(counts.map(heightOf), width / slots);
  const troubled = lane.all.map((_, slot) => (lane.limited[slot] ?? 0) + (lane.failed[slot] ?? 0));
  const words = describe(lane, peak);
  const line = isInSight ? height - (limit / top) * height : undefined;
  return html`<figure>
<figcaption><h3>${lane.name}</h3><p>${words}</p></figcaption>
<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${`${lane.name}: ${words}`}">
<path class="bars" d="${bars(lane.all)}"/>
<path class="troubled" d="${bars(troubled)}"/>
${line === undefined ? '' : html`<path class="limit" d="M0 ${round(line)}H${width}"/>`}
</svg>
</figure>
`;
}

function describe({ all, limited, failed, perSecond }: PacedLane, peak: number): string {
  const sum = (counts: readonly number[]) => counts.reduce((total, each) => total + each, 0);
  const refused = sum(limited);
  const lost = sum(failed);
  return [
    count(sum(all), 'request'),
    `${showRate(peak)} a second at most`,
    perSecond === undefined ? 'no limit known' : `limit ${showRate(perSecond)}`,
    ...(refused > 0 ? [`${formatCount(refused)} refused as too many`] : []),
    ...(lost > 0 ? [`${formatCount(lost)} without a good answer`] : []),
  ].join(' · ');
}

function showRate(perSecond: number): string {
  return formatCount(Number(perSecond.toPrecision(2)));
}

function toPath(heights: readonly number[], step: number): string {
  const gap = step > 4 ? 1 : 0;
  return heights
    .flatMap((tall, slot) =>
      tall === 0
        ? []
        : `M${round(slot * step)} ${height}v${round(-Math.max(1, tall))}h${round(step - gap)}V${height}z`,
    )
    .join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
