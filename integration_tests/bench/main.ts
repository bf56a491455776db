import { closeSync, openSync, writeSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { streamsOfAccount } from '../harness/promised.ts';
import { measureManyStreams, measureRead, measureStart, measureTwoReads, median, Zoom } from './processes.ts';

/*
 * What the connector costs: `npm run bench`, `npm run bench -- quick` for a tenth of the rows, and letters for parts of the
 * table: `npm run bench -- a e`.
 */

const asked = process.argv.slice(2);
const isQuick = asked.includes('quick');
const scale = isQuick ? 0.1 : 1;
const dayMs = 86_400_000;

const manySnapshots = 100;

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  readonly ratio: string;
  readonly aim: string;
}

const table: Row[] = [];

const parts: Readonly<Record<string, () => Promise<void>>> = {
  a: measureThroughput,
  async b() {
    for (const plan of ['pro', 'business'] as const) await measureFanOuts(plan);
  },
  c: measureRequests,
  d: measureStartUp,
  e: measureMemory,
  f: measureEverything,
};
const wanted = Object.keys(parts).filter((letter) => asked.includes(letter));
for (const letter of wanted.length > 0 ? wanted : Object.keys(parts)) await parts[letter]?.();
print();

/** (a) Records per second against bare loops over the same pages, in turn. */
async function measureThroughput(): Promise<void> {
  const calls = Math.round(200_000 * scale);
  const zoom = await Zoom.start({ lazyCalls: calls, days: 150, keepsAnswers: true });
  const config = {
    ...zoom.config,
    start_date: new Date(Date.now() - 160 * dayMs).toISOString().slice(0, 10),
    end_date: new Date().toISOString().slice(0, 10),
  };
  const sink = openSync('/dev/null', 'w');
  const loops = {
    own: async () => (await measureRead(config, 'phone_call_logs')).seconds,
    bare: () => download(config),
    /** What nothing can do without that makes lines of pages in one thread. */
    json: () => download(config, (page) => void writeSync(sink, toLines(page))),
  };
  // All once before they count, so that the answers are made.
  await loops.own();
  const pages = (await zoom.asked()).find(({ template }) => template === '/phone/call_history')?.count ?? 0;
  await loops.bare();
  await loops.json();
  const seconds = { own: [] as number[], bare: [] as number[], json: [] as number[] };
  for (let run = 0; run < 5; run += 1) {
    for (const loop of ['own', 'bare', 'json'] as const) seconds[loop].push(await loops[loop]());
  }
  await zoom.end();
  closeSync(sink);
  const perSecond = (times: number[]) =>
    `${Math.round(calls / median(times)).toLocaleString('en')} records/s`;
  const add = (what: string, times: number[], aim: string) =>
    table.push({
      what,
      measured: perSecond(times),
      against: `bare loop ${perSecond(seconds.bare)}`,
      ratio: (median(seconds.bare) / median(times)).toFixed(2),
      aim,
    });
  add(`(a) ${calls.toLocaleString('en')} calls in ${pages} pages`, seconds.own, '≥ 0.5');
  add('(a) JSON.parse and JSON.stringify alone', seconds.json, '');
}

function toLines(page: string): string {
  const rows = Object.values(JSON.parse(page) as object).find(Array.isArray) as unknown[];
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Downloads the same pages, four windows at a time as the connector does, and throws them away unless they are taken. */
async function download(config: Record<string, unknown>, take?: Line['take']): Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const api = String(config['api_url']);
  const token = await fetchToken(config);
  const startedAt = performance.now();
  const windows = planWindows(String(config['start_date']), String(config['end_date']));
  const next = windows.values();
  const work = async () => {
    for (const [from, to] of next) {
      for (const status of ['non_recorded', 'recorded'])
        await downloadWindow({ agent, api, token, take }, from, to, status);
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  agent.destroy();
  return (performance.now() - startedAt) / 1000;
}

interface Line {
  readonly agent: Agent;
  readonly api: string;
  readonly token: string;
  readonly take: ((page: string) => void) | undefined;
}

async function downloadWindow(line: Line, from: string, to: string, status: string): Promise<void> {
  let page = '';
  do {
    const query = new URLSearchParams({
      time_type: 'end_time',
      from,
      to,
      recording_status: status,
      page_size: '300',
    });
    if (page !== '') query.set('next_page_token', page);
    const head = await fetchHead(line, `${line.api}/phone/call_history?${query}`);
    page = /"next_page_token":"([^"]*)"/.exec(head.slice(0, 500))?.[1] ?? '';
  } while (page !== '');
}

/** @returns the beginning of the page. */
function fetchHead({ agent, token, take }: Line, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let head = '';
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => {
        if (head.length < 500) head += chunk.toString('latin1', 0, 600);
        if (take !== undefined) chunks.push(chunk);
      });
      response.on('end', () => {
        take?.(Buffer.concat(chunks).toString());
        resolve(head);
      });
      response.on('error', reject);
    }).on('error', reject);
  });
}

async function fetchToken(config: Record<string, unknown>): Promise<string> {
  const { client_id, client_secret, account_id, token_url } = config['credentials'] as Record<string, string>;
  const answer = await fetch(String(token_url), {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'account_credentials', account_id: String(account_id) }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

function planWindows(start: string, end: string): readonly (readonly [string, string])[] {
  const windows: [string, string][] = [];
  const text = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
  const until = Math.min(Date.parse(end) + dayMs, Date.now());
  for (let from = Date.parse(start); from < until; from += 28 * dayMs)
    windows.push([text(from), text(Math.min(from + 28 * dayMs, until))]);
  return windows;
}

/** (b) Elapsed time of each label's calls against what its limit allows. */
async function measureFanOuts(plan: 'pro' | 'business'): Promise<void> {
  const size = (plan === 'pro' ? 1 : 3) * (isQuick ? 0.3 : 1);
  const cases = [
    {
      label: 'light',
      stream: 'meetings',
      template: '/meetings/{meetingId}',
      perSecond: plan === 'pro' ? 30 : 80,
      scenario: { users: 4, meetingsPerUser: Math.round(80 * size) },
    },
    {
      label: 'medium',
      stream: 'past_meeting_participants',
      template: '/past_meetings/{meetingId}/participants',
      perSecond: plan === 'pro' ? 20 : 60,
      scenario: { lazyMeetings: Math.round(240 * size), participants: 3, days: 20 },
    },
    {
      label: 'heavy',
      stream: 'phone_call_logs',
      template: '/phone/call_history',
      perSecond: plan === 'pro' ? 5 : 10,
      scenario: { lazyCalls: Math.round(12_000 * size), days: 150 },
    },
  ];
  for (const { label, stream, template, perSecond, scenario } of cases) {
    const zoom = await Zoom.start({ ...scenario, plan });
    await measureRead({ ...zoom.config, zoom_plan: plan }, stream);
    const log = await zoom.asked();
    await zoom.end();
    const own = log.find((entry) => entry.template === template);
    if (own === undefined) throw new Error(`nobody asked ${template}`);
    const refused = log.reduce((sum, entry) => sum + entry.refused, 0);
    const seconds = (own.lastAt - own.firstAt) / 1000;
    const floor = (own.count - 1) / (perSecond * 0.8);
    table.push({
      what: `(b) ${plan}, ${label}: ${own.count} calls`,
      measured: `${seconds.toFixed(1)} s, ${refused} × 429`,
      against: `floor ${floor.toFixed(1)} s`,
      ratio: (seconds / floor).toFixed(3),
      aim: '≤ 1.05, no 429',
    });
  }
}

/** (c) Requests of a first read against the least that could do. */
async function measureRequests(): Promise<void> {
  const zoom = await Zoom.start({
    users: 20,
    meetingsPerUser: 3,
    lazyMeetings: 200,
    participants: 5,
    lazyCalls: 2_000,
    days: 100,
  });
  const days = 24;
  const start_date = new Date(Date.now() - days * dayMs).toISOString().slice(0, 10);
  await measureRead(
    { ...zoom.config, start_date },
    'users,meetings,report_history_meetings,past_meeting_participants,phone_call_logs',
  );
  const asked = (await zoom.asked()).filter(
    ({ template }) => template.startsWith('/') && !template.startsWith('/oauth'),
  );
  await zoom.end();
  const made = asked.reduce((sum, { count }) => sum + count, 0);
  // One window: two listings of users, one of meetings for each, each meeting, the report, its meetings, and both kinds of
  // calls, of which those that are not recorded fill two pages.
  const meetings = 2 * days;
  const least = 2 + 20 + 60 + 1 + meetings + 2 + 1;
  const details = asked.map(({ template, count }) => `${template} ${count}`).join(', ');
  table.push({
    what: '(c) requests of a first read',
    measured: `${made}`,
    against: `least ${least}`,
    ratio: (made / least).toFixed(2),
    aim: '1',
  });
  process.stderr.write(`(c) ${details}\n`);
}

/** (d) Start-up of `spec` against an empty program. */
async function measureStartUp(): Promise<void> {
  const { own, empty } = await measureStart(['spec'], 15);
  table.push({
    what: '(d) start-up of spec',
    measured: `${Math.round(own * 1000)} ms`,
    against: `empty program ${Math.round(empty * 1000)} ms`,
    ratio: (own / empty).toFixed(2),
    aim: '≤ 1.5',
  });
}

/** (e) Peak memory of large reads against small ones. */
async function measureMemory(): Promise<void> {
  const large = Math.round(2_000_000 * scale);
  const peaks: number[] = [];
  for (const records of [20_000, large]) {
    const zoom = await Zoom.start({ lazyCalls: records, days: 150 });
    peaks.push((await measureRead(zoom.config, 'phone_call_logs')).peakMib);
    await zoom.end();
  }
  addMemory(`(e) windowed, ${large.toLocaleString('en')} records`, peaks);
  const derived: number[] = [];
  for (const meetings of [1_000, Math.round(100_000 * scale)]) {
    const zoom = await Zoom.start({ lazyMeetings: meetings, participants: 20, days: 150 });
    derived.push((await measureRead(zoom.config, 'past_meeting_participants')).peakMib);
    await zoom.end();
  }
  addMemory(`(e) derived, ${Math.round(2_000_000 * scale).toLocaleString('en')} records`, derived);
  await measureManyParents();
  await measureManySnapshots();
  await measureKnownKeys();
}

/** Snapshot streams that are read in one sync. */
async function measureManySnapshots(): Promise<void> {
  const rows = 1_000;
  const zoom = await Zoom.start({ lazyUsers: rows });
  const [one, many] = [
    await measureManyStreams(zoom.config, 1),
    await measureManyStreams(zoom.config, manySnapshots),
  ];
  await zoom.end();
  table.push({
    what: `(e) ${manySnapshots} snapshots of ${rows.toLocaleString('en')} rows`,
    measured: `${Math.round(many.peakMib)} MiB`,
    against: `one of them ${Math.round(one.peakMib)} MiB`,
    ratio: (many.peakMib / one.peakMib).toFixed(2),
    aim: '< 256 MiB',
  });
}

/** Recordings user by user, of an account with very many. */
async function measureManyParents(): Promise<void> {
  const users = Math.round(100_000 * scale);
  const zoom = await Zoom.start({ users, hasRecordingsByUserOnly: true });
  const start_date = new Date(Date.now() - 20 * dayMs).toISOString().slice(0, 10);
  const { peakMib } = await measureRead({ ...zoom.config, start_date }, 'users,recordings');
  await zoom.end();
  table.push({
    what: `(e) windowed by user, ${users.toLocaleString('en')} users`,
    measured: `${Math.round(peakMib)} MiB`,
    against: '',
    ratio: '',
    aim: '< 256 MiB',
  });
}

/** (f) All streams that an app of the account can have. */
async function measureEverything(): Promise<void> {
  const users = Math.round(10_000 * scale);
  const days = 4;
  const zoom = await Zoom.start({
    isWhole: true,
    users,
    meetingsPerUser: 1,
    lazyMeetings: users,
    lazyCalls: users,
    participants: 4,
    days,
  });
  const start_date = new Date(Date.now() - days * dayMs).toISOString().slice(0, 10);
  const countCalls = async () => (await zoom.asked()).reduce((sum, { count }) => sum + count, 0);
  let calls = 0;
  const reads = await measureTwoReads({ ...zoom.config, start_date }, streamsOfAccount().join(), async () => {
    calls = await countCalls();
  });
  const callsOf = { first: calls, second: (await countCalls()) - calls };
  await zoom.end();
  for (const [place, which] of (['first', 'second'] as const).entries()) {
    const { seconds = 0, peakMib = 0 } = reads[place] ?? {};
    table.push({
      what: `(f) all streams, ${users.toLocaleString('en')} users, ${which} sync`,
      measured: `${Math.round(peakMib)} MiB`,
      against: `${callsOf[which].toLocaleString('en')} calls, ${Math.round(seconds)} s`,
      ratio: '',
      aim: '< 512 MiB',
    });
  }
}

/** What a key costs that a snapshot stream remembers, as far as the peak of the whole process shows it. */
async function measureKnownKeys(): Promise<void> {
  const [few, many] = [20_000, Math.max(40_000, Math.round(300_000 * scale))] as const;
  const peaks: (readonly [number, number])[] = [];
  for (const lazyUsers of [few, many]) {
    const zoom = await Zoom.start({ lazyUsers });
    const [first, second] = await measureTwoReads(zoom.config, 'users');
    peaks.push([first.peakMib, second.peakMib]);
    await zoom.end();
  }
  for (const [place, which] of ['first', 'second'].entries()) {
    const [small = 0, large = 0] = peaks.map((peak) => peak[place]);
    table.push({
      what: `(e) snapshot, ${many.toLocaleString('en')} users, ${which} sync`,
      measured: `${Math.round(large)} MiB`,
      against: `${few.toLocaleString('en')} users ${Math.round(small)} MiB`,
      ratio: `${Math.round(((large - small) * 2 ** 20) / (many - few))} B a key`,
      aim: '≤ 100 B a key, < 256 MiB',
    });
  }
}

function addMemory(what: string, [small = 0, large = 0]: readonly number[]): void {
  table.push({
    what,
    measured: `${Math.round(large)} MiB`,
    against: `20,000 records ${Math.round(small)} MiB`,
    ratio: (large / small).toFixed(2),
    aim: '≤ 1.2, < 256 MiB',
  });
}

function print(): void {
  const rows = [
    { what: 'WHAT', measured: 'MEASURED', against: 'AGAINST', ratio: 'RATIO', aim: 'AIM' },
    ...table,
  ];
  const columns = ['what', 'measured', 'against', 'ratio', 'aim'] as const;
  const widths = columns.map((column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    process.stdout.write(
      `${columns
        .map((column, index) => row[column].padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}
