import { parseArgs } from 'node:util';
import { Account } from './account.ts';
import { promisesOf } from './collection-facts.ts';
import { isPlan, plans } from './rate-limits.ts';
import type { LoggedRequest } from './request-log.ts';
import { startEmulator } from './server.ts';

/* A Zoom for a person: `npm run emulator -- --port 8090 --plan pro --users 50 --seed 7`. */

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8090' },
    plan: { type: 'string', default: 'unlimited' },
    users: { type: 'string', default: '12' },
    seed: { type: 'string', default: '1' },
  },
});
const { plan } = values;
if (!isPlan(plan)) fail(`--plan is one of ${plans.join(', ')}, not ${plan}`);

const account = new Account({ seed: readNumber('seed'), activeUsers: readNumber('users') });
const emulator = await startEmulator({
  port: readNumber('port'),
  plan,
  account,
  onRequest: (request) => print(toLine(request)),
}).catch((error: NodeJS.ErrnoException) =>
  fail(
    error.code === 'EADDRINUSE' ? `Port ${values.port} is taken; choose another with --port.` : String(error),
  ),
);

print(`Zoom, emulated, listens on ${emulator.url} (limits: ${plan})`);
print(`The account: ${describe(account)}`);
print('A config to read it with, of a Server-to-Server app (save as config.json):');
print(JSON.stringify(emulator.config(), null, 2));
print('One of a General app, which `authorize` completes (save as general.json):');
print(JSON.stringify(withoutTokens(emulator.config('oauth-app')), null, 2));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    emulator.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}

function readNumber(name: 'port' | 'users' | 'seed'): number {
  if (!/^\d+$/.test(values[name])) fail(`--${name} is a number, not ${values[name]}`);
  return Number(values[name]);
}

/** Before anybody has consented. */
function withoutTokens(config: Readonly<Record<string, unknown>>): unknown {
  const { refresh_token: _, ...app } = config['credentials'] as Record<string, unknown>;
  return { ...config, credentials: { ...app, redirect_url: 'http://127.0.0.1:8080/callback' } };
}

function describe(account: Account): string {
  const counts = promisesOf(account.fixtures).map(({ promise }) => account.rows(promise.name).length);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return `${account.users.length} users, ${rows} rows for ${counts.length} streams`;
}

/** Time, status (`–––` where a fault swallowed the answer), milliseconds, and what was asked, page tokens left out. */
function toLine({ method, path, query, status, startedAt, endedAt }: LoggedRequest): string {
  const shown = Object.entries(query).map(
    ([name, value]) => `${name}=${name === 'next_page_token' ? '…' : value}`,
  );
  const clock = new Date(startedAt).toISOString().slice(11, 19);
  const taken = status === 0 ? '' : `${endedAt - startedAt} ms`;
  return `${clock}  ${status === 0 ? '–––' : status}  ${taken.padStart(8)}  ${method} ${[path, shown.join('&')].filter((part) => part !== '').join('?')}`;
}

function fail(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(2);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
