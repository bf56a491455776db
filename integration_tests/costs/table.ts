import { hourOf, loadsOf } from './hourly.ts';
import type { CountedReadings } from './readings.ts';
import { type Cost, costsOf } from './tally.ts';

const labels = ['LIGHT', 'MEDIUM', 'HEAVY', 'RESOURCE-INTENSIVE'];

/** The calls of each family, each with its bound, as rows of a table in Markdown. */
export function printCosts({ first, next, refreshed }: CountedReadings): string {
  const columns = [first, next, refreshed].map(costsOf);
  const rows = (columns[1] ?? []).toSorted((a, b) => labels.indexOf(a.label) - labels.indexOf(b.label));
  const families = [...new Set(rows.map(({ family }) => family))];
  const cell = (costs: readonly Cost[], { family, label }: Cost) => {
    const found = costs.find((cost) => cost.family === family && cost.label === label);
    return found === undefined ? '' : `${show(found.calls)} of ${show(found.most)}`;
  };
  const lines = families.flatMap((family) =>
    rows
      .filter((row) => row.family === family)
      .map((row) =>
        ['', family, row.label.toLowerCase(), ...columns.map((costs) => cell(costs, row)), '']
          .join(' | ')
          .trim(),
      ),
  );
  return `${lines.join('\n')}\n`;
}

/** An hourly sync by limit, for so many meetings a day, as rows of a table in Markdown. */
export function printHour(users: number, meetingsADay: number): string {
  const rows = loadsOf(hourOf(users, meetingsADay)).map(({ pool, label, ...load }) => {
    const beside = `${show(load.callsByRow)}, ${load.minutesByRow.toFixed(1)} min`;
    return `| ${pool} ${label.toLowerCase()} | ${show(load.calls)} | ${load.minutes.toFixed(1)} min | ${load.callsByRow === 0 ? '' : beside} |`;
  });
  return `${rows.join('\n')}\n`;
}

function show(count: number): string {
  return count.toLocaleString('en');
}
